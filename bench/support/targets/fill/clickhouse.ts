import type { ClickHouseClient } from '@clickhouse/client'
import { monthStart, months, symbols, usersPerCompany } from '../sizes.ts'

const rowsAtOnce = 1_000_000

/** Signals spread over a year; signal_daily is filled along with them. */
export async function fillClickhouse(client: ClickHouseClient, rows: number): Promise<void> {
  const [from, to] = [monthStart(0).getTime(), monthStart(months).getTime()]
  for (let start = 0; start < rows; start += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - start)
    await client.command({
      query: `insert into signal_analytics
          (signal_id, user_id, symbol, signal_type, price, confidence, model_version, created_at)
        select 's' || toString(number), 'u' || toString(1 + number % ${usersPerCompany}),
          ['${symbols.join("','")}'][1 + intHash32(number) % ${symbols.length}], ['buy','sell','hold'][1 + number % 3],
          toDecimal64(1 + number % 1000 / 1000, 6), toDecimal32(number % 101 / 100, 2), ['m1','m2'][1 + number % 2],
          fromUnixTimestamp64Milli(toInt64(${from} + intDiv(number * ${to - from}, ${rows})), 'UTC')
        from numbers(${start}, ${count})`,
    })
  }
  const { data } = await (await client.query({ query: `select toString(count()) as n from signal_analytics` })).json<{
    n: string
  }>()
  if (data[0]?.n !== String(rows)) throw new Error(`${data[0]?.n} rows are in signal_analytics instead of ${rows}`)
}
