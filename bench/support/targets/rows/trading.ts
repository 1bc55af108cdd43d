import type { Ask } from '../ask.ts'
import { counted, usersPerCompany } from '../sizes.ts'
import type { Side, Skipped, Target } from '../target.ts'
import type { TargetsWorld } from '../world.ts'

const text = `insert into trading_signals (signal_id, user_id, symbol, signal_type, price, confidence)
  values ($1, $2, 'EURUSD', 'buy', 1.25, 0.5)`
const hotKeys = 1_000

const idOf = (side: Side, turn: number): string => `${side}-${turn}`
const positionOf = (turn: number) => ({ user_id: userOf(turn), symbol: 'EURUSD', volume: '1.50' })
const userOf = (turn: number): string => `u${1 + (turn % usersPerCompany)}`

/** One row into PostgreSQL. */
export function insertTarget({ clients, companies }: TargetsWorld, ask: Ask): Target {
  const [, , company = ''] = companies
  const own = text.replace('trading_signals', `tenant_${company}.trading_signals`)
  return {
    name: 'a_insert',
    wanted: 'category A, insert of a signal',
    atMostMs: 2,
    engine: 'postgres',
    isStandIn: false,
    data: 'a table that is empty before',
    floor: 'pg, one connection, prepared, as the superuser and so without policies',
    ask: {
      async dbsvc(turn) {
        const params = [idOf('dbsvc', turn), userOf(turn)]
        return (await ask<{ rows: readonly unknown[] }>(company, '/v1/execute', { sql: text, params })).rows
      },
      async direct(turn) {
        const values = [idOf('direct', turn), userOf(turn)]
        return (await clients.postgres.query({ name: 'insert', text: own, values })).rows
      },
    },
    async readBack(side, turns) {
      const { rows } = await clients.postgres.query<{ signal_id: string }>(
        `select signal_id, user_id, symbol, signal_type, price::text, confidence::text
         from tenant_${company}.trading_signals where signal_id like $1`,
        [`${side}-%`],
      )
      const found = new Map(rows.map(({ signal_id: id, ...row }) => [id, row]))
      return Array.from({ length: turns }, (_, turn) => found.get(idOf(side, turn)))
    },
  }
}

/** One key of DragonflyDB. */
export function hotKeyTarget({ clients: { dragonfly }, companies }: TargetsWorld, ask: Ask): Target | Skipped {
  const [company = ''] = companies
  const common = { name: 'a_hot_key', wanted: 'category A, a hot key', atMostMs: 2 }
  if (dragonfly === null) return { ...common, remedy: 'scripts/engines valkey' }
  const keyOf = (turn: number): string => `position:${turn % hotKeys}`
  return {
    ...common,
    engine: 'dragonfly',
    isStandIn: false,
    data: `${counted(hotKeys)} keys`,
    floor: 'ioredis, GET',
    ask: {
      async dbsvc(turn) {
        const { found, value } = await ask<{ found: boolean; value: unknown }>(company, '/v1/cache/get', {
          key: keyOf(turn),
        })
        return found ? [value] : []
      },
      async direct(turn) {
        const found = await dragonfly.get(`t:${company}:${keyOf(turn)}`)
        return found === null ? [] : [JSON.parse(found)]
      },
    },
  }
}

/** Through the router, as services do. */
export async function fillHotKeys({ clients: { dragonfly }, companies }: TargetsWorld, ask: Ask): Promise<void> {
  if (dragonfly === null) return
  for (let key = 0; key < hotKeys; key += 1) {
    await ask(companies[0] ?? '', '/v1/cache/set', { key: `position:${key}`, value: positionOf(key) })
  }
}
