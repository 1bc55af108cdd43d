import { host } from '../free-ports.ts'
import { ProgramEnded, type RunningProgram, startProgram } from '../program/start.ts'
import { environmentOf } from './environment.ts'
import { chooseWeaviatePorts, type WeaviatePorts } from './ports.ts'

export interface EmbeddedWeaviateOptions {
  /** The `weaviate-server` program. */
  readonly program: string
  /** Made when missing. Data, API key, log and ports are kept in `<directory>/weaviate`. */
  readonly directory: string
  /** Gives up the start: what was started is stopped, and DBS-1904 is thrown. Has no effect on a server that is ready. */
  readonly signal?: AbortSignal
}

export interface Launched {
  readonly server: RunningProgram
  readonly ports: WeaviatePorts
}

const readyWithinMs = 60_000

/** Starts the server and waits until it is ready. The caller holds the lock of the folder. */
export async function launch(options: EmbeddedWeaviateOptions, home: string, apiKey: string): Promise<Launched> {
  // A free port can be lost to another program before the server has it.
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launchOnce(options, home, apiKey)
    } catch (error) {
      if (!(error instanceof ProgramEnded) || attempt === 2 || options.signal?.aborted === true) throw error
    }
  }
}

async function launchOnce(
  { program, signal }: EmbeddedWeaviateOptions,
  home: string,
  apiKey: string,
): Promise<Launched> {
  const ports = await chooseWeaviatePorts(home)
  const server = await startProgram({
    program,
    args: ['--scheme', 'http', '--host', host, '--port', String(ports.http)],
    env: environmentOf(home, ports, apiKey),
    home,
    isReady: () => isReady(ports.http),
    readyWithinMs,
    signal,
  })
  return { server, ports }
}

async function isReady(port: number): Promise<boolean> {
  const { ok } = await fetch(`http://${host}:${port}/v1/.well-known/ready`, { signal: AbortSignal.timeout(5_000) })
  return ok
}
