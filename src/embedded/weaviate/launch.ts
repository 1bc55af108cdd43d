import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { reasonOf } from '../../core/errors/error.ts'
import { lastLines } from '../postgres/log.ts'
import { host } from '../postgres/port.ts'
import { environmentOf } from './environment.ts'
import { notePid } from './leftover.ts'
import { choosePorts, type WeaviatePorts } from './ports.ts'
import { spawnServer, type WeaviateProcess } from './server.ts'

export interface EmbeddedWeaviateOptions {
  /** The `weaviate-server` program. */
  readonly program: string
  /** Made when missing. Data, API key, log and ports are kept in `<directory>/weaviate`. */
  readonly directory: string
  /** Gives up the start: what was started is stopped, and DBS-1904 is thrown. Has no effect on a server that is ready. */
  readonly signal?: AbortSignal
}

export interface Launched {
  readonly server: WeaviateProcess
  readonly ports: WeaviatePorts
  readonly logFile: string
}

const readyWithinMs = 60_000

/** Starts the server and waits until it is ready. The caller holds the lock of the folder. */
export async function launch(options: EmbeddedWeaviateOptions, home: string, apiKey: string): Promise<Launched> {
  // A free port can be lost to another program before the server has it.
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launchOnce(options, home, apiKey)
    } catch (error) {
      if (!(error instanceof EarlyExit) || attempt === 2 || options.signal?.aborted === true) throw error
    }
  }
}

class EarlyExit extends Error {}

async function launchOnce(
  { program, signal }: EmbeddedWeaviateOptions,
  home: string,
  apiKey: string,
): Promise<Launched> {
  const ports = await choosePorts(home)
  const logFile = join(home, 'log')
  const logStart = await stat(logFile).then(
    ({ size }) => size,
    () => 0,
  )
  const args = ['--scheme', 'http', '--host', host, '--port', String(ports.http)]
  const server = await spawnServer(program, args, environmentOf(home, ports, apiKey), logFile)
  await notePid(home, server.pid)
  const ended = new AbortController()
  void server.exited.then(() => ended.abort())
  try {
    const stopWaiting = signal === undefined ? ended.signal : AbortSignal.any([ended.signal, signal])
    if (await waitUntilReady(ports.http, stopWaiting)) return { server, ports, logFile }
    throw new EarlyExit('the server ended at once')
  } catch (error) {
    await server.stop()
    const reason = [reasonOf(error), ...(await lastLines(logFile, logStart))].join('\n')
    throw error instanceof EarlyExit ? new EarlyExit(reason) : new Error(reason, { cause: error })
  }
}

/** Returns false when `signal` aborts first. */
async function waitUntilReady(port: number, signal: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + readyWithinMs
  while (!signal.aborted) {
    const isReady = await fetch(`http://${host}:${port}/v1/.well-known/ready`, {
      signal: AbortSignal.timeout(5_000),
    }).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) return true
    if (performance.now() > deadline) throw new Error(`not ready within ${readyWithinMs / 1000} s`)
    await delay(50)
  }
  return false
}
