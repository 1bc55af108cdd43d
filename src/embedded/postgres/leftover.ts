import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findProcess, waitForEnd } from '../../machine/process.ts'
import { fastStopMs } from './server.ts'

/**
 * Stops the server of a dbsvc that was killed, which goes on running on its data folder. Returns whether there was one.
 * Throws when it does not end.
 */
export async function stopLeftover(data: string): Promise<boolean> {
  const file = join(data, 'postmaster.pid')
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0])
  if (!Number.isInteger(pid) || pid <= 0) return false
  const running = await findProcess(pid)
  if (running === null) return false
  if (!running.command.includes(` -D ${data} `)) {
    // Another program has the pid now. PostgreSQL would take it for a server and refuse to start.
    await rm(file, { force: true })
    return false
  }
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    process.kill(pid, signal)
    if (await waitForEnd(pid, running, fastStopMs)) return true
  }
  throw new Error(`an older server (pid ${pid}) still runs on ${data} and does not stop`)
}
