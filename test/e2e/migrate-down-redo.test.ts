import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { appliedTo, columnsOf, fingerprint, relationsIn } from './support/catalogue.ts'
import { expectError, expectExit, type Given, givenCluster, givenOrders, migration } from './support/given.ts'

const table = (name: string): string => migration(`create table ${name} (id int primary key);`, `drop table ${name};`)

describe('given companies with four migrations', () => {
  let given: Given
  beforeEach(async () => {
    given = await givenCluster({
      migrations: {
        'postgres/shared/0001_rates.sql': table('rates'),
        'postgres/shared/0002_fees.sql': table('fees'),
        'postgres/tenant/0001_one.sql': table('one'),
        'postgres/tenant/0002_two.sql': table('two'),
        'postgres/tenant/0003_three.ts': `export const up = (pgm) => { pgm.createTable('three', { id: 'id' }) }`,
        'postgres/tenant/0004_four.sql': table('four'),
      },
      companies: ['abc', 'xyz'],
    })
  })
  const tables = (company = 'abc') => relationsIn(given.database, `tenant_${company}`)

  test('when it goes down, then the last migration of every company is undone, and up brings it back', async () => {
    const result = await given.dbsvc(['migrate', 'down'])
    expectExit(result, ExitCode.Ok)
    expect(result.stderr).toMatch(/^down {5}tenant 0004_four on 2 companies/m)
    expect(await tables('abc')).toEqual(['one', 'three', 'two'])
    expect(await tables('xyz')).toEqual(['one', 'three', 'two'])
    expect(await appliedTo(given.database, 'tenant', 'xyz')).toEqual(['0001_one', '0002_two', '0003_three'])
    expect(
      await given.database.query(`select distinct version, applied from dbsvc.targets where scope = 'tenant'`),
    ).toEqual([{ version: '0003', applied: 3 }])
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(await tables()).toEqual(['four', 'one', 'three', 'two'])
  })

  test('when it goes down --steps 2, then the inferred way down of a .ts file is taken too', async () => {
    const result = await given.dbsvc(['migrate', 'down', '--steps', '2', '--json'])
    expectExit(result, ExitCode.Ok)
    expect(result.json()).toMatchObject({
      schema: 'dbsvc/migrate.down/1',
      steps: [
        { direction: 'down', migration: '0004_four', targets: 2 },
        { direction: 'down', migration: '0003_three', targets: 2 },
      ],
    })
    expect(await tables()).toEqual(['one', 'two'])
  })

  test('when it goes down --to a version, then that one stays; to 0, then nothing does, and the companies are still there', async () => {
    expectExit(await given.dbsvc(['migrate', 'down', '--to', '0002']), ExitCode.Ok)
    expect(await tables()).toEqual(['one', 'two'])
    expectExit(await given.dbsvc(['migrate', 'down', '--to', '0']), ExitCode.Ok)
    expect(await tables()).toEqual([])
    expect(await appliedTo(given.database, 'tenant', 'abc')).toEqual([])
    expect(await given.database.query(`select from dbsvc.companies where state = 'active'`)).toHaveLength(2)
    const again = await given.dbsvc(['migrate', 'down'])
    expectExit(again, ExitCode.Ok)
    expect(again.stdout).toBe('nothing to do\n')
  })

  test('when it goes down with --scope shared, then no company is touched', async () => {
    expectExit(await given.dbsvc(['migrate', 'down', '--scope', 'shared']), ExitCode.Ok)
    expect(await relationsIn(given.database, 'public')).toEqual(['rates'])
    expect(await appliedTo(given.database, 'shared')).toEqual(['0001_rates'])
    expect(await tables()).toHaveLength(4)
  })

  test('when companies stand at different versions, then each goes one back from where it is', async () => {
    await given.database.query('alter table tenant_xyz.four rename to five')
    expectExit(await given.dbsvc(['migrate', 'down']), ExitCode.Failed)
    await given.database.query('alter table tenant_xyz.five rename to four')
    expect(await appliedTo(given.database, 'tenant', 'xyz')).toHaveLength(4)
    expectExit(await given.dbsvc(['migrate', 'down']), ExitCode.Ok)
    expect(await tables('abc')).toEqual(['one', 'two'])
    expect(await tables('xyz')).toEqual(['one', 'three', 'two'])
  })
})

describe('given a migration without a way down', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenOrders({
      companies: ['abc'],
      migrations: {
        'postgres/tenant/0002_notes.sql': migration('create table notes (id int);'),
        'postgres/tenant/0003_never.ts': `export const up = (pgm) => { pgm.createTable('never', {}) }\nexport const down = false`,
        'postgres/tenant/0004_marks.sql': table('marks'),
      },
    })
  })

  test('when it is in the way, then nothing at all is undone and the file is named', async () => {
    const before = await fingerprint(given.database)
    const result = await given.dbsvc(['migrate', 'down', '--steps', '2'])
    expectError(result, ExitCode.Refused, 'DBS-1303')
    expect(result.stderr).toContain('0003_never.ts has no down migration')
    expect(await fingerprint(given.database)).toBe(before)
  })
})

describe('given a mistake in the command line of down', () => {
  test.each([
    [['--steps', '1', '--to', '0001'], '--to and --steps exclude each other'],
    [['--steps', '0'], 'whole number'],
    [['--steps', 'two'], 'whole number'],
    [['--scope', 'control'], 'Allowed choices are shared, tenant'],
  ])('when it is %j, then it is a usage error before anything is asked of the server', async (flags, reason) => {
    const given = await givenOrders()
    const result = await given.dbsvc(['migrate', 'down', ...flags], { env: { DBSVC_POSTGRES_PORT: '1' } })
    expectError(result, ExitCode.Usage, 'DBS-1903')
    expect(result.stderr).toContain(reason)
  })
})

describe('given a last migration that was applied', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenOrders({
      companies: ['abc', 'xyz'],
      migrations: {
        'postgres/shared/0001_rates.sql': table('rates'),
        'postgres/tenant/0002_note.sql': migration(
          'alter table orders add column note text;',
          'alter table orders drop column note;',
        ),
      },
    })
    await given.database.query(`insert into tenant_abc.orders values (1, 10, 'kept by nobody')`)
  })

  test('when it is redone, then every company has it anew and the rest of the data stay', async () => {
    const result = await given.dbsvc(['migrate', 'redo', '--json'])
    expectExit(result, ExitCode.Ok)
    expect(result.json()).toMatchObject({
      schema: 'dbsvc/migrate.redo/1',
      steps: [
        { direction: 'down', migration: '0002_note', targets: 2 },
        { direction: 'up', migration: '0002_note', targets: 2 },
      ],
    })
    expect(await given.database.query('select * from tenant_abc.orders')).toEqual([
      { id: '1', amount: '10.00', note: null },
    ])
    expect(await columnsOf(given.database, 'tenant_xyz.orders')).toEqual(['id', 'amount', 'note'])
    expect(await appliedTo(given.database, 'tenant', 'abc')).toEqual(['0001_orders', '0002_note'])
  })

  test('when the shared one is redone with --scope shared, then its table is made anew', async () => {
    const oid = () => given.database.query(`select 'public.rates'::regclass::oid as oid`)
    const before = await oid()
    expectExit(await given.dbsvc(['migrate', 'redo', '--scope', 'shared']), ExitCode.Ok)
    expect(await oid()).not.toEqual(before)
    expect(await appliedTo(given.database, 'shared')).toEqual(['0001_rates'])
  })
})

describe('given a migration outside of a transaction that has a way down', () => {
  test('when it is undone on several companies, then each of them is without it', async () => {
    const given = await givenOrders({
      companies: ['abc', 'xyz'],
      migrations: {
        'postgres/tenant/0002_index.ts': `export const up = (pgm) => { pgm.noTransaction(); pgm.createIndex('orders', 'amount', { name: 'by_amount', concurrently: true }) }
          export const down = (pgm) => { pgm.noTransaction(); pgm.dropIndex('orders', 'amount', { name: 'by_amount', concurrently: true }) }`,
      },
    })
    const indexes = () => given.database.query(`select from pg_class where relname = 'by_amount'`)
    expect(await indexes()).toHaveLength(2)
    expectExit(await given.dbsvc(['migrate', 'down']), ExitCode.Ok)
    expect(await indexes()).toHaveLength(0)
    expect(await appliedTo(given.database, 'tenant', 'xyz')).toEqual(['0001_orders'])
  })
})
