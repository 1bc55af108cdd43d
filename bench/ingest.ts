import { join } from 'node:path'
import { type Benchmark, countOf } from './support/benchmark.ts'
import { binaryOptions, prepareBinary } from './support/binary.ts'
import { withClient } from './support/database.ts'
import { columns, insertByHand, sendTo, type Tick, ticksOf } from './support/ingest.ts'
import { median, medianRatio, round } from './support/median.ts'
import { writeProject } from './support/project.ts'
import { serveDbsvc } from './support/router/peers/dbsvc.ts'
import { resultOf, runDbsvc } from './support/run-dbsvc.ts'
import { startServer } from './support/server.ts'
import { table } from './support/table.ts'
import { withWorkFolder } from './support/work-folder.ts'

const wanted = 0.6
const company = 'bench_c1'

export const benchmark: Benchmark = {
  options: {
    ...binaryOptions,
    rows: { type: 'string', default: '50000' },
    rounds: { type: 'string', default: '7' },
  },
  async run(values, note) {
    const [rows, rounds] = [countOf(values, 'rows'), countOf(values, 'rounds')]
    return withWorkFolder(async (directory) => {
      const binary = await prepareBinary(values, directory, note)
      const server = await startServer(directory)
      const database = await server.createDatabase('ingest')
      const project = join(directory, 'ingest')
      await writeProject(project, database)
      await runDbsvc(binary, project, ['migrate', 'up'])
      await runDbsvc(binary, project, ['tenant', 'create', company])
      const grants = ['--company', company, '--engine', 'postgres', '--verb', 'write']
      const created = await runDbsvc(binary, project, ['service', 'create', 'bench', ...grants, '--json'])
      const router = await serveDbsvc(binary, project)
      try {
        const send = sendTo(router.port, company, resultOf<{ key: string }>(created).key)
        return await withClient(database, async (client) => {
          const rates: Record<'json' | 'ndjson' | 'by hand', number[]> = { json: [], ndjson: [], 'by hand': [] }
          const ways = {
            json: (ticks: readonly Tick[]) => send('application/json', JSON.stringify({ columns, rows: ticks })),
            ndjson: (ticks: readonly Tick[]) =>
              send('application/x-ndjson', [{ columns }, ...ticks].map((row) => JSON.stringify(row)).join('\n')),
            'by hand': (ticks: readonly Tick[]) => insertByHand(client, company, ticks),
          }
          note(`${rows} ticks, ${rounds} rounds`)
          // The first round warms up.
          for (let turn = 0; turn <= rounds; turn += 1) {
            await server.checkpoint()
            for (const name of Object.keys(ways) as (keyof typeof ways)[]) {
              const ms = await ways[name](ticksOf(rows, `${name}-${turn}`))
              if (turn > 0) rates[name].push((rows / ms) * 1_000)
            }
          }
          const { rows: counted } = await client.query<{ n: number }>(
            'select count(*)::int as n from private_shared.trading_ticks where company_id = $1',
            [company],
          )
          const sent = rows * (rounds + 1) * 3
          if (counted[0]?.n !== sent) throw new Error(`${sent} ticks were sent, ${counted[0]?.n} are there`)
          const ratios = {
            json: round(medianRatio(rates.json, rates['by hand'])),
            ndjson: round(medianRatio(rates.ndjson, rates['by hand'])),
          }
          const rowsPerSecond = Object.fromEntries(
            Object.entries(rates).map(([name, figures]) => [name, Math.round(median(figures))]),
          )
          const configuration = { binary: binary.description, rows, rounds, wanted, server: await server.settings() }
          return {
            document: { ratios, rowsPerSecond, configuration },
            lines: [
              ...table(
                ['', 'rows/s', 'of by hand', 'wanted'],
                [
                  ['json', rowsPerSecond.json ?? 0, ratios.json, wanted],
                  ['ndjson', rowsPerSecond.ndjson ?? 0, ratios.ndjson, wanted],
                  ['by hand', rowsPerSecond['by hand'] ?? 0, 1, ''],
                ],
              ),
            ],
          }
        })
      } finally {
        await router.stop()
        await server.stop()
      }
    })
  },
}
