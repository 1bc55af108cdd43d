import { realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { reasonOf } from '../../core/errors/error.ts'
import { choosePort } from '../choose-port.ts'
import { host } from '../free-ports.ts'
import { lastLines } from '../last-lines.ts'
import { type Binaries, prepareBinaries } from './binaries.ts'
import { initialise } from './initialise.ts'
import { stopLeftover } from './leftover.ts'
import { findNativePackage } from './native-package.ts'
import { type Place, preparePlace } from './place.ts'
import { waitUntilReady } from './readiness.ts'
import { type ServerProcess, spawnServer } from './server.ts'

export interface EmbeddedPostgresOptions {
  /** Made when missing. Data, password, log and port are kept in `<directory>/postgres`, the lock in `<directory>/dev.lock`. */
  readonly directory: string
  /** TCP port on 127.0.0.1; 0 takes a free one and keeps it for the next start. */
  readonly port: number
  /** Server settings by name, such as `{max_connections: '200'}`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Gives up the start: what was started is stopped, and DBS-1904 is thrown. Has no effect on a server that is ready. */
  readonly signal?: AbortSignal
}

/** A server that accepts connections. */
export interface Launched {
  readonly server: ServerProcess
  readonly port: number
  readonly password: string
  readonly data: string
  readonly logFile: string
}

/** Prepares binaries and data, and starts the server. The caller holds the lock of the folder. */
export async function launch(options: EmbeddedPostgresOptions): Promise<Launched> {
  const source = findNativePackage()
  const place = await preparePlace(await realpath(options.directory))
  const binaries = await prepareBinaries(source, place.copies, place.user)
  await stopLeftover(join(place.dataHome, 'data'))
  const password = await initialise(place, binaries, options.signal)
  // A free port can be lost to another program before the server has it, and sessions of a killed server take a moment to end.
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launchOnce(options, place, binaries, password)
    } catch (error) {
      if (!(error instanceof EarlyExit) || attempt === 3 || options.signal?.aborted === true) throw error
      await delay(attempt * 300)
    }
  }
}

class EarlyExit extends Error {}

async function launchOnce(
  { port: asked, settings, signal }: EmbeddedPostgresOptions,
  place: Place,
  binaries: Binaries,
  password: string,
): Promise<Launched> {
  const data = join(place.dataHome, 'data')
  const logFile = join(place.home, 'log')
  const logStart = await sizeOf(logFile)
  const port = await choosePort(asked, place.home)
  const server = await spawnServer(binaries.postgres, serverArguments(data, port, settings), place.user, logFile)
  const ended = new AbortController()
  void server.exited.then(() => ended.abort())
  try {
    const stopWaiting = signal === undefined ? ended.signal : AbortSignal.any([ended.signal, signal])
    if (await waitUntilReady(port, password, stopWaiting)) return { server, port, password, data, logFile }
    throw new EarlyExit('the server ended at once')
  } catch (error) {
    await server.stop()
    const reason = [reasonOf(error), ...(await lastLines(logFile, logStart))].join('\n')
    throw error instanceof EarlyExit ? new EarlyExit(reason) : new Error(reason, { cause: error })
  }
}

/** What dbsvc relies on comes last, because the last of several wins. */
function serverArguments(data: string, port: number, settings: Readonly<Record<string, string>> = {}): string[] {
  const all = {
    ...settings,
    listen_addresses: host,
    port: String(port),
    unix_socket_directories: '',
    logging_collector: 'off',
  }
  return ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  )
}
