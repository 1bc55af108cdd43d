import { mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { reasonOf } from '../core/errors/error.ts'
import { lastLines } from './postgres/log.ts'
import type { ServerExit } from './postgres/server.ts'
import { findProcess, waitForEnd } from './process.ts'

export interface ProgramOptions {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Holds the log and the pid; made when missing. */
  readonly home: string
  /** Asked until it says yes; what it throws means not yet. */
  readonly isReady: () => Promise<boolean>
  readonly readyWithinMs: number
  readonly signal: AbortSignal
}

/** A server program that is ready. */
export interface RunningProgram {
  readonly pid: number
  readonly logFile: string
  /** Resolves when it has ended, for whatever reason; never rejects. */
  readonly exited: Promise<ServerExit>
  /** Resolves when it has ended; after 10 s it is killed. */
  stop(): Promise<void>
}

const pollMs = 50
const patienceMs = 10_000

/**
 * Starts a server and waits until it is ready. One that a killed dbsvc has left on the same data is stopped first.
 * @throws an error with the last lines of its log when it ends or does not get ready
 */
export async function startProgram(options: ProgramOptions): Promise<RunningProgram> {
  const { home, isReady, readyWithinMs, signal } = options
  await mkdir(home, { recursive: true, mode: 0o700 })
  await stopLeftover(pidFileIn(home))
  const logFile = join(home, 'log')
  const logStart = await stat(logFile).then(
    ({ size }) => size,
    () => 0,
  )
  const server = await spawn(options, logFile)
  const ended = new AbortController()
  void server.exited.then(() => ended.abort())
  const deadline = performance.now() + readyWithinMs
  while (!ended.signal.aborted && !signal.aborted && performance.now() < deadline) {
    if (await isReady().catch(() => false)) return server
    await delay(pollMs)
  }
  const why = ended.signal.aborted ? 'it ended at once' : `it was not ready within ${readyWithinMs / 1000} s`
  await server.stop()
  const tail = await lastLines(logFile, logStart).catch((error: unknown) => [reasonOf(error)])
  throw new Error([`${options.program}: ${why}`, ...tail].join('\n'))
}

async function spawn({ program, args, env, home }: ProgramOptions, logFile: string): Promise<RunningProgram> {
  const { execa } = await import('execa')
  const log = await open(logFile, 'a', 0o600)
  // Detached: in a process group of its own, so that Ctrl-C reaches dbsvc alone and the server is stopped last.
  const subprocess = execa(program, args, {
    cwd: home,
    detached: true,
    stdin: 'ignore',
    // execa takes any descriptor; its types end at 9.
    stdout: log.fd as 9,
    stderr: log.fd as 9,
    reject: false,
    ...(env === undefined ? {} : { env }),
  })
  await log.close()
  const { pid } = subprocess
  if (pid === undefined) throw new Error((await subprocess).message ?? `${program} cannot be run`)
  await writeFile(pidFileIn(home), `${pid} ${(await findProcess(pid))?.startedAt ?? ''}\n`)
  const stopWithParent = (): void => void subprocess.kill('SIGTERM')
  process.once('exit', stopWithParent)
  const exited = subprocess.then(async ({ exitCode, signal }): Promise<ServerExit> => {
    process.off('exit', stopWithParent)
    await rm(pidFileIn(home), { force: true })
    return { exitCode: exitCode ?? null, signal: signal ?? null }
  })
  return {
    pid,
    logFile,
    exited,
    async stop() {
      subprocess.kill('SIGTERM')
      const patience = setTimeout(() => subprocess.kill('SIGKILL'), patienceMs)
      await exited
      clearTimeout(patience)
    },
  }
}

const pidFileIn = (home: string): string => join(home, 'pid')

/** A pid is used again after its process ends; together with when it began it is not. */
async function stopLeftover(file: string): Promise<void> {
  const [pid = '', startedAt] = (await readFile(file, 'utf8').catch(() => '')).trim().split(' ')
  const running = pid === '' ? null : await findProcess(Number(pid))
  if (running === null || running.startedAt !== startedAt) return
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    process.kill(Number(pid), signal)
    if (await waitForEnd(Number(pid), running, patienceMs)) return
  }
  throw new Error(`an older server (pid ${pid}) does not stop`)
}
