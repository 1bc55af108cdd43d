import { open } from 'node:fs/promises'
import type { ServerExit } from '../server-exit.ts'
import { cleanEnvironment } from './environment.ts'
import type { SystemUser } from './system-user.ts'

/** `fast` ends sessions and writes a checkpoint; `immediate` leaves recovery to the next start. */
export type StopMode = 'fast' | 'immediate'

export interface ServerProcess {
  readonly pid: number
  /** Resolves when the server has ended, for whatever reason; never rejects. */
  readonly exited: Promise<ServerExit>
  /** Resolves when the server has ended. A fast stop that takes longer than 10 s becomes an immediate one. */
  stop(mode?: StopMode): Promise<void>
}

export const fastStopMs = 10_000

/** Starts `postgres` with stderr appended to `logFile`. Throws when the program itself cannot be started. */
export async function spawnServer(
  postgres: string,
  args: readonly string[],
  user: SystemUser | null,
  logFile: string,
): Promise<ServerProcess> {
  const { execa } = await import('execa')
  const log = await open(logFile, 'a', 0o600)
  // Detached: in a process group of its own, so that Ctrl-C reaches dbsvc alone and the server is stopped last.
  const subprocess = execa(postgres, args, {
    ...user,
    ...cleanEnvironment,
    cwd: '/',
    detached: true,
    stdin: 'ignore',
    stdout: 'ignore',
    // execa takes any descriptor; its types end at 9.
    stderr: log.fd as 9,
    reject: false,
  })
  await log.close()
  const { pid } = subprocess
  if (pid === undefined) throw new Error((await subprocess).message ?? `${postgres} cannot be run`)

  const stopWithParent = (): void => void subprocess.kill('SIGINT')
  process.once('exit', stopWithParent)
  const exited = subprocess.then(({ exitCode, signal }): ServerExit => {
    process.off('exit', stopWithParent)
    return { exitCode: exitCode ?? null, signal: signal ?? null }
  })
  return {
    pid,
    exited,
    async stop(mode = 'fast') {
      subprocess.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
      const patience = setTimeout(() => subprocess.kill('SIGQUIT'), fastStopMs)
      await exited
      clearTimeout(patience)
    },
  }
}
