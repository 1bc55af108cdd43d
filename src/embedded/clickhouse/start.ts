import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { choosePort } from '../choose-port.ts'
import { host } from '../free-ports.ts'
import { keptSecret } from '../kept-secret.ts'
import { lastLines } from '../last-lines.ts'
import type { ServerExit } from '../server-exit.ts'
import { type ProgramAnswer, type ProgramOptions, programFile, programVariable } from './program.ts'

export interface EmbeddedClickhouseOptions {
  /** Its data are in `<directory>/clickhouse`. */
  readonly directory: string
  /** 0 takes a free port, the same one the next time. */
  readonly port: number
  readonly signal?: AbortSignal
}

/** A running chDB behind ClickHouse's HTTP interface, on 127.0.0.1 alone. It ends when this process does. */
export interface EmbeddedClickhouse {
  readonly url: string
  readonly user: 'default'
  readonly password: string
  readonly pid: number
  readonly dataDirectory: string
  readonly logFile: string
  /** Resolves when it has ended, for whatever reason; never rejects. */
  readonly exited: Promise<ServerExit>
  /** Resolves when it has ended; after 10 s it is killed, which its data survive. */
  stop(): Promise<void>
}

const engine = 'ClickHouse'
const readyWithinMs = 30_000
const stopWithinMs = 10_000
const attempts = 3

/**
 * Starts chDB on the data in `directory`, made on the first start, for every process that knows the password.
 * @throws DBS-1101 with the end of its log when it is not ready within 30 s, DBS-1106 when chdb is not installed, DBS-1904 when aborted
 *
 * @example
 * const clickhouse = await startEmbeddedClickhouse({ directory: '.dbsvc', port: 0 })
 * // clickhouse.url, clickhouse.user, clickhouse.password
 * await clickhouse.stop()
 */
export async function startEmbeddedClickhouse(options: EmbeddedClickhouseOptions): Promise<EmbeddedClickhouse> {
  requireChdb()
  const home = join(options.directory, 'clickhouse')
  try {
    const data = join(home, 'data')
    await mkdir(data, { recursive: true, mode: 0o700 })
    const password = await keptSecret(join(home, 'password'))
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await startOnce(options, home, { directory: data, user: 'default', password })
      } catch (error) {
        // One whose parent has just been killed needs a moment to let go of the folder.
        if (attempt === attempts || options.signal?.aborted === true) throw error
        await delay(attempt * 300)
      }
    }
  } catch (error) {
    if (options.signal?.aborted === true) throw DbsvcError.of('DBS-1904', {}, error)
    if (error instanceof DbsvcError) throw error
    throw DbsvcError.of('DBS-1101', { engine, place: home, reason: `chDB did not start: ${reasonOf(error)}` }, error)
  }
}

async function startOnce(
  { port: asked, signal }: EmbeddedClickhouseOptions,
  home: string,
  options: Omit<ProgramOptions, 'port'>,
): Promise<EmbeddedClickhouse> {
  const port = await choosePort(asked, home)
  const logFile = join(home, 'log')
  const log = await open(logFile, 'a', 0o600)
  const { size: logStart } = await log.stat()
  // A group of its own: Ctrl-C reaches dbsvc alone, which stops this one last.
  const child = fork(programFile, [], {
    env: { ...process.env, [programVariable]: '1' },
    execArgv: [],
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
    detached: true,
  })
  const exited = once(child, 'exit').then(([exitCode, ended]) => ({ exitCode, signal: ended }))
  await log.close()
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const patience = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
    await exited
    clearTimeout(patience)
  }
  try {
    await ready(child, { ...options, port }, signal)
  } catch (error) {
    await stop()
    throw new Error([reasonOf(error), ...(await lastLines(logFile, logStart))].join('\n'), { cause: error })
  }
  return {
    url: `http://${host}:${port}`,
    user: 'default',
    password: options.password,
    pid: child.pid ?? 0,
    dataDirectory: options.directory,
    logFile,
    exited,
    stop,
  }
}

async function ready(child: ChildProcess, options: ProgramOptions, signal: AbortSignal | undefined): Promise<void> {
  child.send(options)
  const waiting = new AbortController()
  const timeout = AbortSignal.timeout(readyWithinMs)
  const until = AbortSignal.any([waiting.signal, timeout, ...(signal === undefined ? [] : [signal])])
  try {
    const [{ failure }] = await Promise.race([
      once(child, 'message', { signal: until }) as Promise<[ProgramAnswer]>,
      once(child, 'exit', { signal: until }).then(([exitCode]) => {
        throw new Error(`the program ended at once (status ${exitCode})`)
      }),
    ])
    if (failure !== null) throw new Error(failure)
  } catch (error) {
    throw timeout.aborted ? new Error(`not ready within ${readyWithinMs / 1000} s`) : error
  } finally {
    waiting.abort()
  }
}

/** Looked up and not loaded: this process has no use for the library, and it is large. */
function requireChdb(): void {
  try {
    createRequire(import.meta.url).resolve('chdb/connection')
  } catch (error) {
    throw DbsvcError.of('DBS-1106', { engine, package: 'chdb', reason: 'it is not installed' }, error)
  }
}
