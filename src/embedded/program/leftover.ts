import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProcess, waitForEnd } from '../../machine/process.ts'

/** Notes which process runs on the data of `home`. */
export async function notePid(home: string, pid: number): Promise<void> {
  const running = await findProcess(pid)
  if (running !== null) await writeFile(join(home, 'pid'), `${pid} ${running.startedAt}\n`)
}

/** Stops the server of a dbsvc that was killed, where it still runs on the data. Throws when it does not end. */
export async function stopLeftover(home: string): Promise<void> {
  const file = join(home, 'pid')
  const [, pid = '', startedAt] = /^(\d+) (.*)\n$/.exec(await readFile(file, 'utf8').catch(() => '')) ?? []
  const running = pid === '' ? null : await findProcess(Number(pid))
  if (running !== null && running.startedAt === startedAt) {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      process.kill(Number(pid), signal)
      if (await waitForEnd(Number(pid), running, 10_000)) break
      if (signal === 'SIGKILL') throw new Error(`an older server (pid ${pid}) still runs on ${home} and does not stop`)
    }
  }
  await rm(file, { force: true })
}
