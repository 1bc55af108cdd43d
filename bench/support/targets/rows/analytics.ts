import type { Ask } from '../ask.ts'
import { counted, monthStart, months, type Sizes, symbols } from '../sizes.ts'
import type { Target } from '../target.ts'
import type { TargetsWorld } from '../world.ts'

interface Report {
  readonly name: string
  readonly wanted: string
  readonly text: string
  values(turn: number): readonly string[]
}

const secondsOf = (month: number): string => String(monthStart(month).getTime() / 1_000)

// Every column is text, so that the answers compare as they are.
const reports: readonly Report[] = [
  {
    name: 'b_report',
    wanted: 'category B, all rows by symbol and kind',
    text: `select symbol, signal_type, toString(count()), toString(avg(confidence)), toString(max(price)), toString(max(created_at))
      from signal_analytics where confidence >= {p1:Decimal(3, 2)}
      group by symbol, signal_type order by symbol, signal_type`,
    values: (turn) => [(0.01 * (turn % 10)).toFixed(2)],
  },
  {
    name: 'b_month',
    wanted: 'category B, a month of one symbol by day',
    text: `select toString(toDate(created_at)) as day, toString(count()), toString(uniqExact(user_id)), toString(avg(confidence)),
        toString(min(price)), toString(max(price))
      from signal_analytics
      where symbol = {p1:String} and created_at >= toDateTime({p2:UInt32}) and created_at < toDateTime({p3:UInt32})
      group by day order by day`,
    values: (turn) => {
      const month = turn % months
      return [symbols[turn % symbols.length] ?? '', secondsOf(month), secondsOf(month + 1)]
    },
  },
  {
    name: 'b_daily',
    wanted: 'category B, a year by month from signal_daily',
    text: `select toString(toStartOfMonth(day)) as month, signal_type, toString(uniqMerge(signals)), toString(min(confidence_low)),
        toString(max(confidence_high))
      from signal_daily where symbol = {p1:String} group by month, signal_type order by month, signal_type`,
    values: (turn) => [symbols[turn % symbols.length] ?? ''],
  },
]

/** Reports of ClickHouse, each beside the same statement by the engine's own client. */
export function analyticsTargets({ clients, companies }: TargetsWorld, ask: Ask, { rows }: Sizes): Target[] {
  const [company = ''] = companies
  const client = clients.clickhouse(company)
  return reports.map(({ name, wanted, text, values }) => ({
    name,
    wanted,
    atMostMs: 100,
    engine: 'clickhouse',
    isStandIn: false,
    data: `${counted(rows)} rows of signal_analytics`,
    floor: '@clickhouse/client, JSONCompactEachRow, on the same chDB',
    ask: {
      async dbsvc(turn) {
        const message = { sql: text, params: values(turn), database: 'clickhouse' }
        return (await ask<{ rows: readonly unknown[] }>(company, '/v1/query', message)).rows
      },
      async direct(turn) {
        const answer = await client.query({
          query: text,
          query_params: Object.fromEntries(values(turn).map((value, at) => [`p${at + 1}`, value])),
          format: 'JSONCompactEachRow',
        })
        return answer.json<unknown[]>()
      },
    },
  }))
}
