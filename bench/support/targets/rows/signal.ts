import type { Ask } from '../ask.ts'
import { type Side, sides, type Target } from '../target.ts'
import type { TargetsWorld } from '../world.ts'

const columns = 'signal_id, user_id, symbol, signal_type, price, confidence'
const into = (place: string): string =>
  `insert into ${place} (${columns}) values ($1, $2, $3, $4, $5::numeric, $6::numeric)`
const analytics = `insert into signal_analytics (${columns}, created_at) values ({signal_id:String}, {user_id:String},
  {symbol:String}, {signal_type:String}, {price:Decimal(18, 6)}, {confidence:Decimal(3, 2)}, {created_at:DateTime64(3, 'UTC')})`
const keptSeconds = 300

/** The specification's save_trading_signal: PostgreSQL, then DragonflyDB and ClickHouse at once. */
export function signalTarget({ clients, companies }: TargetsWorld, ask: Ask): Target {
  const [, company = ''] = companies
  const { postgres, dragonfly } = clients
  const clickhouse = clients.clickhouse(company)
  const createdAt = new Date().toISOString().replace('T', ' ').replace('Z', '')
  const signalOf = (side: Side, turn: number) => ({
    signal_id: `${side}-${turn}`,
    user_id: `u${1 + (turn % 50)}`,
    symbol: 'EURUSD',
    signal_type: 'buy',
    price: (1 + (turn % 1_000) / 1_000).toFixed(6),
    confidence: '0.80',
  })
  const keyOf = (side: Side, turn: number): string => `signal:${company}:${side}-${turn}`
  const named = `insert into trading_signals (${columns}) values (:signal_id, :user_id, :symbol, :signal_type, :price::numeric, :confidence::numeric)`
  return {
    name: 'signal',
    wanted: 'save_trading_signal by execute_multi_db',
    atMostMs: 30,
    engine: ['postgres', ...(dragonfly === null ? [] : ['dragonfly']), 'clickhouse'].join(', '),
    isStandIn: false,
    data: 'a signal into each engine, tables that are empty before',
    floor: `pg, and when that has committed @clickhouse/client${dragonfly === null ? '' : ' and ioredis'} at once`,
    ask: {
      async dbsvc(turn) {
        const params = signalOf('dbsvc', turn)
        const { succeeded } = await ask<{ succeeded: boolean }>(company, '/v1/multi', {
          postgresql: { query: named, params, company_id: company },
          ...(dragonfly === null
            ? {}
            : { dragonflydb: { operation: 'set', key: keyOf('dbsvc', turn), value: params, ttl: keptSeconds } }),
          clickhouse: { query: analytics, params: { ...params, created_at: createdAt } },
        })
        if (!succeeded) throw new Error(`signal ${turn} was not saved everywhere`)
        return []
      },
      async direct(turn) {
        const signal = signalOf('direct', turn)
        const text = into(`tenant_${company}.trading_signals`)
        await postgres.query({ name: 'signal', text, values: Object.values(signal) })
        await Promise.all([
          dragonfly?.set(`t:${company}:${keyOf('direct', turn)}`, JSON.stringify(signal), 'EX', keptSeconds),
          clickhouse.command({
            query: analytics,
            query_params: { ...signal, created_at: createdAt },
          }),
        ])
        return []
      },
    },
    async readBack(side, turns) {
      const { rows } = await postgres.query<Record<string, unknown>>(
        `select ${columns.replace('price', 'price::text').replace('confidence', 'confidence::text')} from tenant_${company}.trading_signals`,
      )
      const answer = await clickhouse.query({
        query: `select ${columns.replace('price', 'toDecimalString(price, 6) as price').replace('confidence', 'toDecimalString(confidence, 2) as confidence')}
          from signal_analytics`,
        format: 'JSONEachRow',
      })
      const data = await answer.json<Record<string, unknown>>()
      const byId = (found: readonly Record<string, unknown>[]) =>
        new Map(found.map(({ signal_id: id, ...row }) => [id, row]))
      const [saved, counted] = [byId(rows), byId(data)]
      return Promise.all(
        Array.from({ length: turns }, async (_, turn) => {
          const id = `${side}-${turn}`
          const kept = await dragonfly?.get(`t:${company}:${keyOf(side, turn)}`)
          const left = kept === undefined ? [] : [JSON.parse(kept ?? 'null') as object]
          return [saved.get(id), counted.get(id), ...left.map((value) => withoutSide(value))]
        }),
      )
    },
  }
}

function withoutSide(value: object): object {
  return JSON.parse(sides.reduce((text, side) => text.replace(`"${side}-`, '"'), JSON.stringify(value)))
}
