import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { afterAll } from 'vitest'
import { startEmbeddedClickhouse } from '../../../../src/embedded/clickhouse/start.ts'
import { clickhouse } from '../../../../src/engines/clickhouse/engine.ts'
import { engineFinding } from '../../../support/engines.ts'
import { chunks } from '../../../support/request-proxy.ts'
import { ownDirectory } from '../../../support/shared-server.ts'
import type { CrashedStore, CrashHarness } from './harness.ts'

const sql = (up: string, down: string): string => `-- Up Migration\n${up}\n\n-- Down Migration\n${down}\n`

export const clickhouseHarness: CrashHarness = {
  engine: clickhouse,
  restsOn: 'clickhouse',
  urlVariable: 'DBSVC_CLICKHOUSE_URL',
  framing: chunks,
  migrations: {
    'shared/0001_prices.sql': sql(
      'CREATE TABLE prices (company_id String, symbol String) ENGINE = MergeTree ORDER BY (company_id, symbol);',
      'DROP TABLE prices;',
    ),
    'shared/0002_rates.sql': sql(
      `CREATE TABLE rates (company_id String, rate Float64) ENGINE = MergeTree ORDER BY company_id;
ALTER TABLE prices ADD COLUMN price Decimal(18, 6);`,
      'ALTER TABLE prices DROP COLUMN price;\nDROP TABLE rates;',
    ),
    'tenant/0001_events.sql': sql(
      `CREATE TABLE events (id UInt64, name String) ENGINE = MergeTree ORDER BY id
SETTINGS non_replicated_deduplication_window = 100;
INSERT INTO events (id, name) VALUES (1, 'one'), (2, 'two');`,
      'DROP TABLE events;',
    ),
    'tenant/0002_notes.sql': sql(
      `ALTER TABLE events ADD COLUMN note String;
INSERT INTO events (id, name, note) SELECT number + 10, 'more', '{company}' FROM numbers(3);
CREATE VIEW notes AS SELECT note FROM events;`,
      'DROP VIEW notes;\nALTER TABLE events DELETE WHERE id >= 10;\nALTER TABLE events DROP COLUMN note;',
    ),
  },
  async open() {
    const { url } = engineFinding('clickhouse')
    if (url !== null) {
      const { origin, username, password } = new URL(url)
      return clickhouseAt({
        url: origin,
        user: decodeURIComponent(username) || 'default',
        password: decodeURIComponent(password),
      })
    }
    const server = await startEmbeddedClickhouse({ directory: await ownDirectory('crashed-chdb'), port: 0 })
    afterAll(() => server.stop())
    return clickhouseAt(server)
  },
}

interface Endpoint {
  readonly url: string
  readonly user: string
  readonly password: string
}

export function clickhouseAt({ url, user, password }: Endpoint): CrashedStore {
  const client = createClient({ url, username: user, password })
  return {
    url,
    section: (at) => ({ clickhouse: { url: at, user, password } }),
    traces: (company) => describeDatabase(client, `tenant_${company}`),
    sharedTraces: () => describeDatabase(client, 'shared'),
    async clearShared() {
      const tables = await client.query({
        query: `SELECT name FROM system.tables WHERE database = 'shared'`,
        format: 'JSONEachRow',
      })
      for (const { name } of await tables.json<{ name: string }>()) {
        await client.command({ query: `DROP TABLE shared.${name} SYNC` })
      }
    },
    // Its migrations insert.
    fill: async () => {},
  }
}

async function describeDatabase(client: ClickHouseClient, database: string): Promise<string[]> {
  const rows = async <Row>(query: string): Promise<Row[]> =>
    (await client.query({ query, format: 'JSONEachRow' })).json<Row>()
  const databases = await rows(`SELECT name FROM system.databases WHERE name = '${database}'`)
  const tables = await rows<{ name: string; made: string }>(
    `SELECT name, create_table_query AS made FROM system.tables WHERE database = '${database}' ORDER BY name`,
  )
  const contents = await Promise.all(
    tables.map(async ({ name }) => {
      const [content] = await rows<{ text: string }>(
        `SELECT concat(toString(count()), ' rows ', toString(groupBitXor(cityHash64(*)))) AS text FROM ${database}.${name}`,
      )
      return `${name} has ${content?.text}`
    }),
  )
  return [...(databases.length > 0 ? [`database ${database}`] : []), ...tables.map(({ made }) => made), ...contents]
}
