import { createClient } from '@clickhouse/client'
import { startEmbeddedClickhouse } from '../../../../src/embedded/clickhouse/start.ts'
import { ownDirectory } from '../../../support/shared-server.ts'
import { migration } from '../given.ts'
import type { OwnEngine } from './own-engine.ts'

/** chDB behind ClickHouse's interface, in a process of its own. */
export async function ownClickhouse(): Promise<OwnEngine> {
  const folder = await ownDirectory('clickhouse')
  const server = await startEmbeddedClickhouse({ directory: folder, port: 0 })
  const { url, user, password } = server
  const client = createClient({ url, username: user, password })
  const ask = async <Row>(query: string): Promise<Row[]> =>
    (await client.query({ query, format: 'JSONEachRow' })).json<Row>()
  return {
    name: 'clickhouse',
    title: 'ClickHouse',
    port: Number(new URL(url).port),
    config: (port) => ({ clickhouse: { url: `http://127.0.0.1:${port}`, user, password } }),
    secrets: [password],
    migrations: {
      'clickhouse/tenant/0001_events.sql': migration(
        `CREATE TABLE events (id UInt64, name String) ENGINE = MergeTree ORDER BY id;
CREATE TABLE notes (id UInt64) ENGINE = MergeTree ORDER BY id;`,
      ),
    },
    later: {
      'clickhouse/tenant/0002_first.sql': migration(
        `INSERT INTO events (id, name) VALUES (1, 'first');
ALTER TABLE events ADD COLUMN note String;`,
      ),
    },
    async look(company) {
      const database = `tenant_${company}`
      const found = await ask(`select name from system.databases where name = '${database}'`)
      if (found.length === 0) return null
      const columns = await ask(
        `select table, name, type from system.columns where database = '${database}' order by table, name`,
      )
      const rows = columns.length === 0 ? [] : await ask(`select id, name from ${database}.events`)
      return { columns, rows }
    },
    remove: async (company) => void (await client.command({ query: `DROP DATABASE IF EXISTS tenant_${company} SYNC` })),
    async stop() {
      await client.close()
      await server.stop()
    },
  }
}
