import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded/postgres/start.ts'
import { runDbsvc } from '../support/dbsvc.ts'
import type { Engine } from '../support/engines.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { startWireProxy } from '../support/wire-proxy.ts'
import { createOldRows, hoursLeft, kept, migrations, places } from './support/old-rows.ts'

let directory: string
let server: EmbeddedPostgres

const start = (settings: Readonly<Record<string, string>> = {}): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ directory, port: 0, settings: { fsync: 'off', ...settings } })

const engine: Engine = { timescale: false, server: () => server }

beforeEach(() => {
  directory = join(inject('runDirectory'), `server-${randomBytes(4).toString('hex')}`)
})
afterEach(() => server.stop('immediate'))

test.each([
  'during',
  'after',
] as const)('when the server is killed %s a drop of partitions, then what is kept is there, and the next run goes on', async (phase) => {
  server = await start()
  const cluster = await createOldRows(engine)
  const quiet = await startWireProxy(cluster.database)
  const dryRun = ['retention', 'run', '--dry-run']
  const env = (port: number) => ({ cwd: cluster.project.directory, env: { DBSVC_POSTGRES_PORT: String(port) } })
  expect((await runDbsvc(dryRun, env(quiet.port))).exitCode).toBe(ExitCode.Ok)
  await quiet.close()
  let hit = false
  const proxy = await startWireProxy(cluster.database, {
    // Behind what a dry run asks come a session, its version, and the first two drops.
    at: quiet.requests.length + 4,
    phase,
    async act({ requests }) {
      hit = requests.at(-1)?.text.includes('expire_time_series') === true
      await killWithSessions(server)
    },
  })
  const struck = await runDbsvc(['retention', 'run'], env(proxy.port))
  await proxy.close()
  expect(hit).toBe(true)
  expect([struck.exitCode, struck.stderr]).toEqual([ExitCode.Engine, expect.stringContaining('DBS-1105')])

  // The port is kept, so the database is where it was.
  server = await start()
  const again: Cluster = { ...cluster, database: { ...cluster.database, query: await reconnected(cluster) } }
  for (const place of places) expect((await hoursLeft(again, place)).slice(0, 23)).toEqual(kept(23))
  await cluster.dbsvc('retention', 'run')
  for (const place of places) expect([23, 24, 25].map(kept)).toContainEqual(await hoursLeft(again, place))
})

test('when the lock table is small, then partitions of many series are made ahead all the same', async () => {
  server = await start({ max_connections: '10', max_locks_per_transaction: '30' })
  const cluster = await createCluster(server, migrations)
  await cluster.dbsvc('tenant', 'create', ...Array.from({ length: 8 }, (_, index) => `company_${index}`))
  await cluster.database.query(
    `do $$ declare p text; begin
       for p in select i.inhrelid::regclass::text from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where c.relkind = 'r' and c.relname ~ '_p\\d{8}t' loop
         execute 'drop table ' || p; commit; end loop;
       update dbsvc.time_series set extended_until = now(); end $$`,
  )
  await cluster.dbsvc('migrate', 'up')
  expect(
    await cluster.database.query(
      `select count(*) filter (where extended_until > now() + interval '47 hours')::int as ahead, count(*)::int as series from dbsvc.time_series`,
    ),
  ).toEqual([{ ahead: 21, series: 21 }])
})

/** A session outlives the server until it looks for it, and could end the run meanwhile. */
async function killWithSessions({ pid, exited }: EmbeddedPostgres): Promise<void> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  process.kill(pid, 'SIGKILL')
  for (const child of children.split(' ').filter((each) => each !== '')) {
    try {
      process.kill(Number(child), 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
  await exited
}

/** The connection that all queries shared went with the server. */
async function reconnected({ database }: Cluster): Promise<Cluster['database']['query']> {
  const client = await database.connect()
  return async (sql, params = []) => (await client.query(sql, [...params])).rows
}
