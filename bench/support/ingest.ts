import type { Client } from 'pg'

/** In the order of `columns`. */
export type Tick = readonly [string, string, string, string, string, number, string]

export const columns = ['time', 'user_id', 'symbol', 'bid', 'ask', 'volume', 'spread'] as const
const types = ['timestamptz', 'text', 'text', 'numeric', 'numeric', 'integer', 'numeric']
const batchRows = 2_000

export function ticksOf(count: number, symbol: string): Tick[] {
  return Array.from({ length: count }, (_, at) => [
    new Date(Date.UTC(2026, 0, 2) + at).toISOString(),
    `u${at % 50}`,
    symbol,
    (1 + (at % 1_000) / 1e5).toFixed(5),
    (1 + (at % 1_000) / 1e5 + 0.0001).toFixed(5),
    at % 100,
    '0.10',
  ])
}

/** What a team writes who knows how: arrays for unnest, one transaction, and no row security, since it is the owner's table. Takes milliseconds. */
export async function insertByHand(client: Client, company: string, ticks: readonly Tick[]): Promise<number> {
  const startedAt = performance.now()
  const arrays = types.map((type, at) => `$${at + 2}::${type}[]`).join(', ')
  const text = `insert into private_shared.trading_ticks (company_id, ${columns.join(', ')})
    select $1, * from unnest(${arrays})`
  await client.query('begin')
  for (let at = 0; at < ticks.length; at += batchRows) {
    const batch = ticks.slice(at, at + batchRows)
    await client.query({
      name: 'ticks',
      text,
      values: [company, ...columns.map((_, column) => batch.map((tick) => tick[column]))],
    })
  }
  await client.query('commit')
  return performance.now() - startedAt
}

/** Sends one message, which is made before, and says how many milliseconds it took. */
export const sendTo =
  (port: number, company: string, key: string) =>
  async (type: string, body: string): Promise<number> => {
    const startedAt = performance.now()
    const answer = await fetch(`http://127.0.0.1:${port}/v1/ingest/trading_ticks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': type, 'x-dbsvc-company': company },
      body,
    })
    const text = await answer.text()
    if (answer.status !== 200) throw new Error(text)
    return performance.now() - startedAt
  }
