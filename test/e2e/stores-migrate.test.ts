import { beforeAll, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { describeEngine } from '../support/engines.ts'
import { ownDirectory } from '../support/shared-server.ts'
import { askChdb, commandChdb } from './support/chdb.ts'
import { expectError, expectExit, type Given, givenCluster, migration, orders } from './support/given.ts'

const migrations = {
  'postgres/tenant/0001_orders.sql': orders,
  'clickhouse/shared/0001_prices.sql': migration(
    'CREATE TABLE prices (company_id String, symbol String, price Decimal(18, 6)) ENGINE = MergeTree ORDER BY (company_id, symbol);',
    'DROP TABLE prices;',
  ),
  'clickhouse/tenant/0001_events.sql': migration(
    'CREATE TABLE events (id UInt64, name String) ENGINE = MergeTree ORDER BY id;',
    'DROP TABLE events;',
  ),
}

/** A migration of five statements of which the third cannot work. */
const broken = migration(
  `ALTER TABLE events ADD COLUMN first String;
ALTER TABLE events ADD COLUMN second String;
INSERT INTO events (id) SELECT id FROM default.nowhere;
ALTER TABLE events ADD COLUMN fourth String;
ALTER TABLE events ADD COLUMN fifth String;`,
)

describeEngine('clickhouse', 'given a cluster with ClickHouse', () => {
  let given: Given
  let path: string
  beforeAll(async () => {
    path = await ownDirectory('chdb')
    given = await givenCluster({ migrations, companies: ['abc', 'xyz'], config: { clickhouse: { path } } })
  })

  const ask = <Row>(query: string): Promise<Row[]> => askChdb<Row>(path, query)
  const columnsOf = async (company: string): Promise<string[]> =>
    (
      await ask<{ name: string }>(
        `select name from system.columns where database = 'tenant_${company}' and table = 'events' order by position`,
      )
    ).map(({ name }) => name)

  const status = async (): Promise<string> => (await given.dbsvc(['migrate', 'status'])).stdout

  test('when it is migrated and companies are created, then each has its database at the same version', async () => {
    expect(await ask(`select name from system.databases where name like 'tenant_%' order by name`)).toEqual([
      { name: 'tenant_abc' },
      { name: 'tenant_xyz' },
    ])
    expect(await columnsOf('abc')).toEqual(['id', 'name'])
    expect(await status()).toMatch(/^clickhouse +shared +0001 +1 +up to date$/m)
    expect(await status()).toMatch(/^clickhouse +tenant +0001 +2 +up to date$/m)
  })

  test('when a migration is written, then it is planned for its engine alone', async () => {
    const file = (await given.dbsvc(['migrate', 'new', 'add note', '--engine', 'clickhouse'])).stdout.trim()
    expect(file).toBe('migrations/clickhouse/tenant/0002_add_note.sql')
    await given.write(
      file,
      migration('ALTER TABLE events ADD COLUMN note String;', 'ALTER TABLE events DROP COLUMN note;'),
    )
    const all = await given.dbsvc(['migrate', 'plan', '--check'])
    expectExit(all, ExitCode.Pending)
    expect(all.stdout).toMatch(/^-- clickhouse tenant 0002_add_note on 2 targets, /m)
    const other = await given.dbsvc(['migrate', 'plan', '--engine', 'postgres', '--check'])
    expectExit(other, ExitCode.Ok)
    expect(other.stdout).toContain('nothing is pending')
  })

  test('when another engine is migrated, then this one stays; when this one is, then it goes', async () => {
    expect((await given.dbsvc(['migrate', 'up', '--engine', 'postgres'])).stdout).toContain('nothing to do')
    expect(await columnsOf('abc')).toEqual(['id', 'name'])
    const one = await given.dbsvc(['migrate', 'up', '--engine', 'clickhouse', '--tenant', 'abc'])
    expectExit(one, ExitCode.Ok)
    expect([await columnsOf('abc'), await columnsOf('xyz')]).toEqual([
      ['id', 'name', 'note'],
      ['id', 'name'],
    ])
    expect(await status()).toContain('xyz in clickhouse is at 0001')
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(await columnsOf('xyz')).toEqual(['id', 'name', 'note'])
  })

  test('when it is undone and done again, then in that engine', async () => {
    const redo = await given.dbsvc(['migrate', 'redo', '--engine', 'clickhouse'])
    expectExit(redo, ExitCode.Ok)
    expect(redo.stderr).toMatch(/^down +clickhouse tenant 0002_add_note on 2 companies/m)
    expect(redo.stderr).toMatch(/^up +clickhouse tenant 0002_add_note on 2 companies/m)
    expectExit(await given.dbsvc(['migrate', 'down', '--engine', 'clickhouse', '--tenant', 'xyz']), ExitCode.Ok)
    expect([await columnsOf('abc'), await columnsOf('xyz')]).toEqual([
      ['id', 'name', 'note'],
      ['id', 'name'],
    ])
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
  })

  test('when a statement in the middle fails, then it is named, and mending the file goes on behind what was done', async () => {
    const file = 'migrations/clickhouse/tenant/0003_columns.sql'
    await given.write(file, broken)
    const failed = await given.dbsvc(['migrate', 'up'])
    expectError(failed, ExitCode.Failed, 'DBS-1502')
    expect(failed.stderr).toMatch(/0003_columns\.sql:4:1 failed on abc in clickhouse: .*nowhere/)
    expect(await columnsOf('abc')).toEqual(['id', 'name', 'note', 'first', 'second'])
    const progress = await given.database.query<{ statements_done: number; in_doubt: boolean }>(
      `select statements_done, in_doubt from dbsvc.progress where engine = 'clickhouse' and company_id = 'abc'`,
    )
    expect(progress).toEqual([{ statements_done: 2, in_doubt: false }])
    expect(await status()).toMatch(/^clickhouse +tenant +0002 +2 +1 pending$/m)

    // Somebody makes what was missing; the file stays as it is.
    await commandChdb(path, 'CREATE TABLE default.nowhere (id UInt64) ENGINE = MergeTree ORDER BY id')
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(await columnsOf('xyz')).toEqual(['id', 'name', 'note', 'first', 'second', 'fourth', 'fifth'])
    expect(await given.database.query('select from dbsvc.progress')).toEqual([])
  })

  test('when somebody changes one company by hand, then drift shows what', async () => {
    expectExit(await given.dbsvc(['tenant', 'create', 'third']), ExitCode.Ok)
    expectExit(await given.dbsvc(['drift', '--engine', 'clickhouse']), ExitCode.Ok)
    await commandChdb(path, 'ALTER TABLE tenant_xyz.events ADD COLUMN by_hand UInt8')
    const drift = await given.dbsvc(['drift', '--engine', 'clickhouse'])
    expectExit(drift, ExitCode.Failed)
    expect(drift.stdout).toMatch(/^xyz at version 0003, against the majority:\n {2}\+ column events\.by_hand UInt8/m)
    const build = await given.dbsvc(['drift', '--engine', 'clickhouse', '--tenant', 'xyz', '--json'])
    expect(build.json<{ groups: { reference: string }[] }>().groups[0]?.reference).toBe('build')
    expect(await ask(`select name from system.databases where name like '%probe%'`)).toEqual([])
  })

  test('when a company cannot be made whole, then --rollback leaves nothing of it anywhere', async () => {
    await given.write(
      'migrations/clickhouse/tenant/0004_broken.sql',
      migration('ALTER TABLE absent ADD COLUMN x String;'),
    )
    const result = await given.dbsvc(['tenant', 'create', 'unlucky', '--rollback'])
    expectError(result, ExitCode.Failed, 'DBS-1213')
    expect(result.stderr).toContain('taking 1 companies away again')
    expect(await given.database.query(`select from dbsvc.companies where company_id = 'unlucky'`)).toEqual([])
    expect(await given.database.query(`select from pg_namespace where nspname = 'tenant_unlucky'`)).toEqual([])
    expect(await ask(`select name from system.databases where name = 'tenant_unlucky'`)).toEqual([])
  })
})
