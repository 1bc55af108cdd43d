import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { startEmbeddedPostgres } from '../src/embedded/postgres/start.ts'
import { type Benchmark, countOf } from './support/benchmark.ts'
import { binaryOptions, prepareBinary } from './support/binary.ts'
import { median, round } from './support/median.ts'
import { withWorkFolder } from './support/work-folder.ts'

const limits = { secondsFor10000: 60, peakMb: 300 }
const drifted = 10

// Runs inside dbsvc: its own peak, as the kernel has counted it.
const meter = `process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS))`
const meterUrl = `data:text/javascript,${encodeURIComponent(meter)}`

interface Run {
  readonly seconds: number
  readonly peakMb: number
  readonly exitCode: number
  readonly stdout: string
}

export const benchmark: Benchmark = {
  options: {
    ...binaryOptions,
    companies: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
  },
  async run(values, note) {
    const companies = countOf(values, 'companies')
    const rounds = countOf(values, 'rounds')
    return withWorkFolder(async (directory) => {
      const binary = await prepareBinary(values, directory, note)
      const server = await startEmbeddedPostgres({
        directory: join(directory, 'server'),
        port: 0,
        settings: { fsync: 'off', max_locks_per_transaction: '512' },
      })
      try {
        const project = join(directory, 'project')
        await mkdir(project)
        const { host, port, user, password, database } = server
        const postgres = { host, port, user, password, database }
        await writeFile(join(project, 'dbsvc.config.json'), JSON.stringify({ postgres }))
        const ids = Array.from({ length: companies }, (_, index) => `company_${index}`)
        await writeFile(join(project, 'companies.txt'), ids.join('\n'))
        const dbsvc = (...args: string[]): Promise<Run> => run(binary.file, project, args)

        note(`creating ${companies} companies`)
        await dbsvc('migrate', 'up')
        await dbsvc('tenant', 'create', '--from', 'companies.txt')
        await breakSome(postgres, ids.slice(0, drifted))
        note(`looking for drift ${rounds} times`)
        const runs: Run[] = []
        for (let round = 0; round < rounds; round += 1) runs.push(await dbsvc('drift', '--json'))
        for (const { stdout } of runs) {
          const found = (JSON.parse(stdout) as { drifted: number }).drifted
          if (found !== Math.min(drifted, companies)) throw new Error(`drift found ${found} companies, not ${drifted}`)
        }
        return report(companies, rounds, runs, binary.description)
      } finally {
        await server.stop('immediate')
      }
    })
  },
}

async function run(binary: string, cwd: string, args: readonly string[]): Promise<Run> {
  const started = performance.now()
  const child = spawn(process.execPath, ['--import', meterUrl, binary, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const peakKb = Number(/peak (\d+)$/.exec(stderr)?.[1])
  if (exitCode !== 0 && args[0] !== 'drift')
    throw new Error(`dbsvc ${args.join(' ')} ended with ${exitCode}: ${stderr}`)
  return { seconds: (performance.now() - started) / 1000, peakMb: peakKb / 1024, exitCode, stdout }
}

/** Each in another way, so that each is an outlier whose details are fetched. */
async function breakSome(postgres: pg.ClientConfig, ids: readonly string[]): Promise<void> {
  const client = new pg.Client(postgres)
  await client.connect()
  for (const [index, id] of ids.entries())
    await client.query(`alter table tenant_${id}.users add column drift_${index} text`)
  await client.end()
}

function report(companies: number, rounds: number, runs: readonly Run[], dbsvc: string) {
  const seconds = median(runs.map((one) => one.seconds))
  const peakMb = Math.max(...runs.map((one) => one.peakMb))
  const secondsFor10000 = (seconds / companies) * 10_000
  const figures = { seconds: round(seconds), secondsFor10000: round(secondsFor10000, 1), peakMb: round(peakMb, 1) }
  return {
    document: { figures, limits, configuration: { companies, rounds, drifted, dbsvc } },
    lines: [
      `drift over ${companies} companies: ${figures.seconds} s, ${figures.secondsFor10000} s for 10,000 (at most ${limits.secondsFor10000})`,
      `client: ${figures.peakMb} MB at its peak (at most ${limits.peakMb})`,
      `dbsvc ${dbsvc}, median of ${rounds} rounds, ${drifted} companies drifted`,
    ],
  }
}
