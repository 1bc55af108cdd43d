import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Binary } from '../../binary.ts'
import type { Contender } from '../contender.ts'
import { createHttpClient } from '../http-client.ts'
import type { World } from '../world.ts'

interface Answer {
  readonly rows: readonly (readonly unknown[])[]
}

export interface Dbsvc extends Contender {
  readonly port: number
  readonly pid: number
  /** The file of its log. */
  readonly log: string
  /** The same router, asked to cache what it reads. */
  readonly cached: Contender
}

export interface Serving {
  readonly port: number
  readonly pid: number
  /** The file of its log. */
  readonly log: string
  stop(): Promise<void>
}

/** `dbsvc serve` in its default configuration. What it prints goes to a file, past this process. */
export async function serveDbsvc(
  binary: Binary,
  project: string,
  nodeOptions: readonly string[] = [],
): Promise<Serving> {
  const log = join(project, 'serve.log')
  const file = await open(log, 'w')
  const running = spawn(process.execPath, [...nodeOptions, ...askedOptions(), binary.file, 'serve', '--port', '0'], {
    cwd: project,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' },
    stdio: ['ignore', file.fd, file.fd],
  })
  await file.close()
  return {
    port: await portIn(log),
    pid: running.pid ?? 0,
    log,
    async stop() {
      running.kill('SIGTERM')
      if (running.exitCode === null) await once(running, 'exit')
    },
  }
}

export async function startDbsvc(
  binary: Binary,
  { project, apiKey }: Pick<World, 'project' | 'apiKey'>,
  nodeOptions: readonly string[] = [],
): Promise<Dbsvc> {
  const { port, pid, log, stop } = await serveDbsvc(binary, project, nodeOptions)
  const client = createHttpClient(port)
  const asking =
    (more: object): Contender['ask'] =>
    async (company, { text, verb }, params) => {
      const body = await client.post({
        path: `/v1/${verb}`,
        headers: `authorization: Bearer ${apiKey}\r\nx-dbsvc-company: ${company}\r\n`,
        body: JSON.stringify({ sql: text, params, ...more }),
      })
      return (JSON.parse(body) as Answer).rows
    }
  return {
    name: 'dbsvc',
    description: `dbsvc serve, ${binary.description}, default configuration`,
    ask: asking({}),
    port,
    pid,
    log,
    cached: {
      name: 'dbsvc, cached',
      description: 'the same, asked to cache',
      ask: asking({ cache: { mode: 'on', ttl_ms: 60_000 } }),
      stop: async () => {},
    },
    async stop() {
      client.close()
      await stop()
    },
  }
}

/** For `node --cpu-prof` and the like. */
const askedOptions = (): string[] => process.env.DBSVC_BENCH_NODE_OPTIONS?.split(' ') ?? []

async function portIn(log: string): Promise<number> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const found = /serving on https?:\/\/[^:]+:(\d+)/.exec(await readFile(log, 'utf8'))
    if (found !== null) return Number(found[1])
    await delay(100)
  }
  throw new Error(`dbsvc serve is not ready after 30 s: ${await readFile(log, 'utf8')}`)
}
