import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { areFree, findFreePorts, host } from './free-ports.ts'

/**
 * The TCP port to listen on. 0 asks for any: the one used last, kept in `<home>/port`, while it is free, else another.
 * Throws when a port that was asked for by number is taken.
 */
export async function choosePort(asked: number, home: string): Promise<number> {
  if (asked === 0) return choosePorts(1, join(home, 'port'))
  if (!(await areFree(asked, 1))) throw new Error(`port ${asked} of ${host} is in use by another program`)
  return asked
}

/** The first of `count` in a row: those of the last time, kept in `file`, while all of them are free, else others. */
export async function choosePorts(count: number, file: string): Promise<number> {
  const last = Number(await readFile(file, 'utf8').catch(() => '0'))
  const first = (await areFree(last, count)) ? last : await findFreePorts(count)
  await writeFile(file, `${first}\n`)
  return first
}
