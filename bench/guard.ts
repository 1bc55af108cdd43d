import type { KnownCompany } from '../src/server/context/request-context.ts'
import { openGuard } from '../src/server/guard/open-guard.ts'
import { type Benchmark, countOf } from './support/benchmark.ts'
import { type Goal, goalLines, goalsDocument } from './support/goal.ts'
import { median, round } from './support/median.ts'
import { table } from './support/table.ts'

const limits = { warm: 20, cold: 250 }

const join = `select u.user_id, u.email, a.account_number, h.symbol, h.volume from users u join mt5_accounts a on a.user_id = u.user_id
join trading_history h using (account_id) where h.opened_at > $1 order by h.opened_at limit 50`

const company: KnownCompany = {
  company: 'company_abc',
  tier: 'free',
  limits: {
    statementTimeoutMs: 1_000,
    lockTimeoutMs: 1_000,
    workMemKb: 4_096,
    parallelWorkers: 0,
    loginConnections: 1,
    tempFileKb: 1_024,
    queryMemoryKb: 1,
    queriesPerHour: 1,
    cacheKeys: 1,
    vectorObjects: 1,
  },
  state: 'active',
  schemaVersion: '1',
}

const relations = ['users', 'mt5_accounts', 'trading_history'].map(
  (tag) => [tag, { tag, opaque: false, along: [], triggers: false }] as const,
)
const surroundings = { company: company.company, own: new Map(relations), shared: new Map(), functions: new Map() }

/** What judging a statement takes: one that was judged before, and one that was not. */
export const benchmark: Benchmark = {
  options: { rounds: { type: 'string', default: '5000' } },
  async run(values, note) {
    const rounds = countOf(values, 'rounds')
    const guard = openGuard({ surroundingsOf: async () => surroundings })
    note(`judging a join of ${join.length} characters ${rounds} times, warm and cold`)
    const cold: number[] = []
    const warm: number[] = []
    for (let turn = -rounds / 10; turn < rounds; turn += 1) {
      const text = `${join} -- ${turn}`
      for (const times of [cold, warm]) {
        const startedAt = performance.now()
        await guard.judge(text, 'read', company)
        if (turn >= 0) times.push((performance.now() - startedAt) * 1_000)
      }
    }
    const microseconds = { warm: figuresOf(warm), cold: figuresOf(cold) }
    const goals: Goal[] = [
      { name: 'warm p50 µs', value: microseconds.warm.p50, atMost: limits.warm },
      { name: 'cold p50 µs', value: microseconds.cold.p50, atMost: limits.cold },
    ]
    return {
      document: {
        microseconds,
        goals: goalsDocument(goals),
        configuration: { node: process.version, characters: join.length, rounds },
      },
      lines: [
        ...table(
          ['', 'p50 µs', 'p99 µs'],
          [
            ['warm', microseconds.warm.p50, microseconds.warm.p99],
            ['cold', microseconds.cold.p50, microseconds.cold.p99],
          ],
        ),
        '',
        ...goalLines(goals),
        '',
        `node ${process.version}, ${rounds} rounds`,
      ],
    }
  },
}

const figuresOf = (times: readonly number[]) => ({
  p50: round(median(times), 1),
  p99: round([...times].sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0, 1),
})
