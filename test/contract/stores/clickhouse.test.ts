import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { afterAll } from 'vitest'
import { startEmbeddedClickhouse } from '../../../src/embedded/clickhouse/start.ts'
import { findFreePort } from '../../../src/embedded/free-ports.ts'
import { clickhouse } from '../../../src/engines/clickhouse/engine.ts'
import { engineFinding } from '../../support/engines.ts'
import { ownDirectory } from '../../support/shared-server.ts'
import { describeStore } from './contract.ts'
import { configOf, passwordOf, type StoreSchema, type StoreUnderTest, type Visitor } from './harness.ts'

const undo: (() => Promise<void>)[] = []

/**
 * On chDB behind ClickHouse's HTTP interface, which has one user: what takes users is skipped there, and tried on the server that
 * DBSVC_TEST_CLICKHOUSE_URL names.
 */
describeStore({ engine: clickhouse, restsOn: 'clickhouse', vitals: ['active_queries', 'disk_usage_gb'], open })

afterAll(async () => {
  for (const step of undo.reverse()) await step()
})

interface Login {
  readonly url: string
  readonly user: string
  readonly password: string
}

const up = (...statements: readonly string[]): string => `-- Up Migration\n${statements.join(';\n')};\n`

const files: StoreSchema['files'] = {
  shared: { '1_news.sql': up('create table contract_news (id UInt64) engine = MergeTree order by id') },
  tenant: {
    '1_orders.sql': up(
      'create table orders (id UInt64, symbol String) engine = MergeTree order by id',
      'alter table orders add column amount Decimal(18, 2)',
    ),
    '2_symbols.sql': up('create view symbols as select distinct symbol from orders'),
  },
}

async function open(): Promise<StoreUnderTest> {
  const { url: given } = engineFinding('clickhouse')
  const hasUsers = given !== null
  const login = given === null ? await startChdb() : loginIn(given)
  const admin = clientOf(login)
  const place = (company: string): string => `tenant_${company}`
  const names = async (query: string, name: string): Promise<string[]> => {
    const found = await admin.query({ query, query_params: { name }, format: 'JSONCompactEachRow' })
    return (await found.json<string[]>()).map((row) => row.join(' '))
  }
  return {
    config: configOf({ clickhouse: login }),
    wrongPassword: configOf({ clickhouse: { ...login, password: 'not the password' } }),
    unreachable: configOf({ clickhouse: { ...login, url: `http://127.0.0.1:${await findFreePort()}` } }),
    async enter(company) {
      const own = hasUsers ? { user: place(company), password: await passwordOf(company) } : {}
      return visitorOf(clientOf({ ...login, ...own }), admin, place(company))
    },
    refusesSuspended: hasUsers,
    async traces(company) {
      const databases = await names('select name from system.databases where name = {name:String}', place(company))
      const users = hasUsers
        ? await names('select name from system.users where name = {name:String}', place(company))
        : []
      return [...databases, ...users]
    },
    limitsIn: hasUsers
      ? async (company) => [
          await names(
            `select setting_name, ifNull(value, '') from system.settings_profile_elements
             where profile_name = {name:String} order by 1`,
            place(company),
          ),
          await names(
            'select toString(duration), toString(max_queries) from system.quota_limits where quota_name = {name:String}',
            place(company),
          ),
        ]
      : null,
    breakIsolation: hasUsers
      ? async (victim, intruder) => {
          await admin.command({ query: `grant select on \`${place(victim)}\`.* to \`${place(intruder)}\`` })
        }
      : null,
    schema: {
      files,
      dataOf: null,
      async change(company) {
        await admin.command({ query: `alter table \`${place(company)}\`.orders add column made_by_hand String` })
      },
    },
  }
}

async function startChdb(): Promise<Login> {
  const server = await startEmbeddedClickhouse({ directory: await ownDirectory('chdb'), port: 0 })
  undo.push(() => server.stop())
  const { url, user, password } = server
  return { url, user, password }
}

function loginIn(given: string): Login {
  const { origin, username, password } = new URL(given)
  return { url: origin, user: decodeURIComponent(username) || 'default', password: decodeURIComponent(password) }
}

function clientOf({ url, user, password }: Login): ClickHouseClient {
  const client = createClient({ url, username: user, password, log: { level: ClickHouseLogLevel.OFF } })
  undo.push(() => client.close())
  return client
}

/** A company cannot make tables, so that the one it writes to is made for it, once. */
function visitorOf(client: ClickHouseClient, admin: ClickHouseClient, database: string): Visitor {
  const table = `\`${database}\`.written`
  let isMade = false
  return {
    async write(text) {
      if (!isMade) {
        await admin.command({
          query: `create table if not exists ${table} (text String) engine = MergeTree order by text`,
        })
        isMade = true
      }
      await client.insert({ table, values: [{ text }], format: 'JSONEachRow' })
    },
    async read() {
      try {
        const rows = await client.query({ query: `select text from ${table}`, format: 'JSONCompactEachRow' })
        return (await rows.json<[string]>()).map(([text]) => text)
      } catch (error) {
        // Nothing was written yet; of a database that is missing ClickHouse says so.
        if (error instanceof ClickHouseError && error.type === 'UNKNOWN_TABLE') return []
        throw error
      }
    },
    close: () => client.close(),
  }
}
