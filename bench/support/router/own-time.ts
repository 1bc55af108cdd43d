import { readFile, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { execa } from 'execa'
import { median } from '../median.ts'
import type { Contender } from './contender.ts'
import { createHttpClient } from './http-client.ts'
import { type Load, measure } from './load.ts'
import { printedPort } from './printed-port.ts'

/** What a request took in a server, in milliseconds. */
export interface Times {
  readonly requests: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** The router's own time as it logs it, without the engine, and beside it all that a bare fastify server takes, as its client sees it. */
export interface OwnTime {
  readonly perSecond: number
  readonly router: Times
  readonly control: Times
}

// The log is written in pieces.
const logMs = 300

/** Both at the same pace, in turn; medians of the runs. @param log of `dbsvc serve` */
export async function measureOwnTime(load: Omit<Load, 'seed'>, log: string, runs: number): Promise<OwnTime> {
  const control = await startControl()
  const router: Times[] = []
  const bare: Times[] = []
  try {
    for (let run = 1; run <= runs; run += 1) {
      await delay(logMs)
      const { size } = await stat(log)
      await measure({ ...load, seed: run })
      await delay(logMs)
      router.push(timesOf(ownTimes((await readFile(log)).toString('utf8', size))))
      bare.push(await measure({ ...load, contender: control, seed: run }))
    }
  } finally {
    await control.stop()
  }
  const middle = (times: readonly Times[]): Times => ({
    requests: times.reduce((sum, { requests }) => sum + requests, 0),
    p50Ms: median(times.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(times.map(({ p99Ms }) => p99Ms)),
  })
  return { perSecond: load.pace ?? Number.NaN, router: middle(router), control: middle(bare) }
}

function ownTimes(lines: string): number[] {
  return lines
    .split('\n')
    .filter((line) => line.includes('"operation":"query"'))
    .map((line) => JSON.parse(line) as { duration_ms: number; engine_ms: number })
    .map(({ duration_ms, engine_ms }) => duration_ms - engine_ms)
}

function timesOf(times: readonly number[]): Times {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? Number.NaN
  return { requests: times.length, p50Ms: at(0.5), p99Ms: at(0.99) }
}

/** Reads the same message and answers one row, without a database. */
async function startControl(): Promise<Contender> {
  const program = `
    import fastify from 'fastify'
    const app = fastify()
    app.post('/v1/query', async ({ body }) => ({ rows: [[body.params[0], 'u1@example', 'pro']] }))
    await app.listen({ host: '127.0.0.1', port: 0 })
    process.stdout.write('port ' + app.server.address().port + '\\n')`
  const running = execa(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
    buffer: false,
    reject: false,
  })
  const client = createHttpClient(await printedPort(running.stdout))
  return {
    name: 'control',
    description: 'a bare fastify server',
    async ask(_company, { text }, params) {
      const body = await client.post({ path: '/v1/query', headers: '', body: JSON.stringify({ sql: text, params }) })
      return (JSON.parse(body) as { rows: readonly (readonly unknown[])[] }).rows
    },
    async stop() {
      client.close()
      running.kill('SIGTERM')
      await running
    },
  }
}
