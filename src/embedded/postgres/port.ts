import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'

export const host = '127.0.0.1'

/**
 * The TCP port to listen on. 0 asks for any: the one used last, kept in `<home>/port`, while it is free, else another.
 * Throws when a port that was asked for by number is taken.
 */
export async function choosePort(asked: number, home: string): Promise<number> {
  if (asked !== 0) {
    if ((await tryPort(asked)) === null) throw new Error(`port ${asked} of ${host} is in use by another program`)
    return asked
  }
  const file = join(home, 'port')
  const port = (await tryPort(await readPort(file))) ?? (await findFreePort())
  await writeFile(file, `${port}\n`)
  return port
}

export async function findFreePort(): Promise<number> {
  const port = await tryPort(0)
  if (port === null) throw new Error(`no port of ${host} is free`)
  return port
}

async function readPort(file: string): Promise<number> {
  const port = Number(await readFile(file, 'utf8').catch(() => '0'))
  return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : 0
}

/** Returns the port if it is free; 0 is any free one; null when it is taken. */
async function tryPort(port: number): Promise<number | null> {
  const server = createServer().listen({ port, host, exclusive: true })
  try {
    await once(server, 'listening')
  } catch {
    return null
  }
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' ? (address?.port ?? null) : null
}
