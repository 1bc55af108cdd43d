import { readFile } from 'node:fs/promises'
import type { Client } from 'pg'
import { type Benchmark, countOf } from './support/benchmark.ts'
import { binaryOptions, prepareBinary } from './support/binary.ts'
import { type Goal, goalLines, goalsDocument } from './support/goal.ts'
import { median, medianRatio, round } from './support/median.ts'
import { findOperators } from './support/rls/operators.ts'
import { prepareWorld, type World } from './support/rls/world.ts'
import { startServer } from './support/server.ts'
import { table } from './support/table.ts'
import { withWorkFolder } from './support/work-folder.ts'

const w2 = {
  name: 'w2',
  text: 'select id::text, symbol, tick_data::text from market_data where symbol = $1 order by timestamp desc limit 10',
  value: (turn: number): string => `S${turn % 40}`,
  atMost: 1.3,
  // The key has to choose the rows, and not to be looked at in each.
  wanted: /Index Cond: .*company_id/,
}
const join = {
  name: 'join',
  text: `select u.user_id, u.email, a.account_number, h.symbol, h.volume::text from users u join mt5_accounts a on a.user_id = u.user_id
join trading_history h on h.account_id = a.account_id where u.user_id = $1 order by h.opened_at desc limit 10`,
  value: (turn: number): string => `u${1 + (turn % 200)}`,
  atMost: 1.5,
  wanted: /Index Cond: .*user_id/,
}
const statementsPerBlock = 50

/** What dbsvc's policies cost beside plain ones on a setting, and which conditions keep their index under them. */
export const benchmark: Benchmark = {
  options: {
    ...binaryOptions,
    companies: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '40' },
  },
  async run(values, note) {
    const rounds = countOf(values, 'rounds')
    return withWorkFolder(async (directory) => {
      const binary = await prepareBinary(values, directory, note)
      const server = await startServer(directory)
      try {
        note(`creating ${countOf(values, 'companies')} companies`)
        const world = await prepareWorld(binary, directory, server, countOf(values, 'companies'))
        const found = []
        for (const workload of [w2, join]) {
          note(`${workload.name}: ${rounds} rounds of ${statementsPerBlock} statements, in turn`)
          found.push({ workload, ...(await compare(world, workload, rounds)) })
        }
        note('looking at the plans of single conditions')
        const operators = await findOperators(world)
        const goals: Goal[] = found.map(({ workload, ratio }) => ({
          name: workload.name,
          value: ratio,
          atMost: workload.atMost,
        }))
        return {
          document: {
            ratios: Object.fromEntries(found.map(({ workload, ratio }) => [workload.name, round(ratio)])),
            processor: Object.fromEntries(found.map(({ workload, processor }) => [workload.name, round(processor)])),
            goals: goalsDocument(goals),
            microseconds: Object.fromEntries(
              found.map(({ workload, proven, plain }) => [workload.name, { proven, plain }]),
            ),
            plans: Object.fromEntries(found.map(({ workload, plan }) => [workload.name, plan])),
            operators,
            configuration: { rounds, statementsPerBlock, server: await server.settings(), dbsvc: binary.description },
          },
          lines: [
            ...table(
              ['', 'dbsvc µs', 'plain µs', 'ratio', 'processor'],
              found.map(({ workload, proven, plain, ratio, processor }) => [
                workload.name,
                proven,
                plain,
                round(ratio),
                round(processor),
              ]),
            ),
            '',
            ...goalLines(goals),
            '',
            ...found.flatMap(({ workload, plan }) => [
              `plan of ${workload.name}:`,
              ...plan.map((line) => `  ${line}`),
              '',
            ]),
            ...table(
              ['index serves', 'no row security', 'dbsvc', 'not marked LEAKPROOF'],
              operators.map(({ condition, bare, secured, unmarked }) => [
                condition,
                yes(bare),
                yes(secured),
                yes(unmarked),
              ]),
            ),
          ],
        }
      } finally {
        await server.stop()
      }
    })
  },
}

const yes = (holds: boolean): string => (holds ? 'yes' : 'no')

/** @throws when the two answer differently, or the plan does not use the index as it must */
async function compare(world: World, workload: typeof w2, rounds: number) {
  const [proven, plain] = [await world.proven(), await world.plain()]
  try {
    await requireSame(proven, plain, workload)
    const times = { proven: [] as number[], plain: [] as number[] }
    const backends = { proven: await backendOf(proven), plain: await backendOf(plain) }
    const busy = { proven: 0, plain: 0 }
    // The first rounds warm up: plans are kept after five executions.
    for (let turn = -3; turn < rounds; turn += 1) {
      const block = async (client: Client): Promise<number> => {
        const startedAt = performance.now()
        for (let at = 0; at < statementsPerBlock; at += 1) await ask(client, workload, at)
        return ((performance.now() - startedAt) * 1_000) / statementsPerBlock
      }
      // Whoever is second finds warmer caches.
      const order = turn % 2 === 0 ? (['proven', 'plain'] as const) : (['plain', 'proven'] as const)
      for (const who of order) {
        const before = await processorNanoseconds(backends[who])
        const took = await block(who === 'proven' ? proven : plain)
        if (turn < 0) continue
        times[who].push(took)
        busy[who] += (await processorNanoseconds(backends[who])) - before
      }
    }
    const { rows } = await proven.query<{ 'QUERY PLAN': string }>(
      `explain (costs off) ${workload.text.replace('$1', `'${workload.value(1)}'`)}`,
    )
    const plan = rows.map((row) => row['QUERY PLAN'])
    if (!plan.some((line) => workload.wanted.test(line)))
      throw new Error(`${workload.name} does not use its index:\n${plan.join('\n')}`)
    return {
      ratio: medianRatio(times.proven, times.plain),
      // Of the server, whatever else the machine does.
      processor: busy.proven / busy.plain,
      proven: round(median(times.proven), 1),
      plain: round(median(times.plain), 1),
      plan,
    }
  } finally {
    await proven.end()
    await plain.end()
  }
}

async function backendOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  return rows[0]?.pid ?? 0
}

/** What Linux has given a process so far; 0 elsewhere. */
async function processorNanoseconds(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '0')
  return Number(text.split(' ')[0])
}

const ask = (client: Client, { name, text, value }: typeof w2, turn: number) =>
  client.query({ name, text, values: [value(turn)], rowMode: 'array' })

async function requireSame(proven: Client, plain: Client, workload: typeof w2): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) {
    const [one, other] = [await ask(proven, workload, turn), await ask(plain, workload, turn)]
    if (one.rows.length === 0 || JSON.stringify(one.rows) !== JSON.stringify(other.rows)) {
      throw new Error(`${workload.name} answers differently: ${JSON.stringify([one.rows, other.rows])}`)
    }
  }
}
