import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { appliedTo, columnsOf, companiesOf, relationsIn } from './support/catalogue.ts'
import {
  type ErrorDocument,
  expectError,
  expectExit,
  type Given,
  givenOrders,
  givenProject,
  migration,
  orders,
} from './support/given.ts'

describe('given five migrations, the third of which has a mistake', () => {
  const others = {
    'postgres/tenant/0001_orders.sql': orders,
    'postgres/tenant/0002_people.sql': migration('create table people (id int primary key);'),
    'postgres/tenant/0004_notes.sql': migration('create table notes (id int primary key);'),
    'postgres/tenant/0005_marks.sql': migration('create table marks (id int primary key);'),
  }
  const givenThird = async (name: string, text: string): Promise<Given> => {
    const given = await givenProject()
    await given.write('migrations/postgres/tenant/.gitkeep', '')
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expectExit(await given.dbsvc(['tenant', 'create', 'abc', 'xyz']), ExitCode.Ok)
    for (const [path, content] of Object.entries(others)) await given.write(`migrations/${path}`, content)
    await given.write(`migrations/postgres/tenant/${name}`, text)
    return given
  }
  const expectFirstTwo = async ({ database }: Given): Promise<void> => {
    for (const company of ['abc', 'xyz']) {
      expect(await appliedTo(database, 'tenant', company)).toEqual(['0001_orders', '0002_people'])
      expect(await relationsIn(database, `tenant_${company}`)).toEqual(['orders', 'people'])
    }
  }

  test('when the .sql file has a syntax error, then file, line and column are named, the first two stay and the third left nothing', async () => {
    const text = migration(
      'create table half (id int primary key);\n\n-- kühl 💰\nalter tabel half add column note text;',
    )
    const given = await givenThird('0003_half.sql', text)
    const result = await given.dbsvc(['migrate', 'up'])
    expectError(result, ExitCode.Failed, 'DBS-1502')
    // Line 1 is "-- Up Migration".
    expect(result.stderr).toMatch(/0003_half\.sql:5:7 failed on abc: syntax error at or near "tabel"/)
    expect(result.stderr).toMatch(/0003_half\.sql:5:7 failed on xyz/)
    await expectFirstTwo(given)
  })

  test('when the .ts file sends SQL with a syntax error, then the file and the line of SQL are shown', async () => {
    const given = await givenThird(
      '0003_half.ts',
      `export const up = (pgm) => {
        pgm.createTable('half', { id: 'id' })
        pgm.sql('alter table half\\n  ad column note text')
      }`,
    )
    const result = await given.dbsvc(['migrate', 'up', '--json'])
    expectExit(result, ExitCode.Failed)
    const { error } = result.json<ErrorDocument<{ failures: { target: string; reason: string }[] }>>()
    expect(error.details.failures.map((failure) => failure.target)).toEqual(['abc', 'xyz'])
    expect(error.details.failures[0]?.reason).toMatch(
      /0003_half\.ts failed on abc: syntax error at or near "ad"; in: ad column note text/,
    )
    await expectFirstTwo(given)
  })

  test('when the .ts file itself does not parse, then file, line and column are named before anything is applied', async () => {
    const given = await givenThird('0003_half.ts', `export const up = (pgm) => {\n  pgm.sql('select 1'\n}\n`)
    const result = await given.dbsvc(['migrate', 'up'])
    expectError(result, ExitCode.Refused, 'DBS-1302')
    expect(result.stderr).toMatch(/0003_half\.ts.*[:(]3:\d+/s)
    expect(await appliedTo(given.database, 'tenant', 'abc')).toEqual([])
    expect(await relationsIn(given.database, 'tenant_abc')).toEqual([])
  })

  test('when the mistake is mended, then the next run goes on with the third', async () => {
    const given = await givenThird('0003_half.sql', migration('create table half (id int primary key,);'))
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Failed)
    await given.write('migrations/postgres/tenant/0003_half.sql', migration('create table half (id int primary key);'))
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(await relationsIn(given.database, 'tenant_xyz')).toEqual(['half', 'marks', 'notes', 'orders', 'people'])
  })

  test('when a company is created meanwhile, then nothing of it is there', async () => {
    const given = await givenThird('0003_half.sql', migration('creat table half (id int);'))
    const result = await given.dbsvc(['tenant', 'create', 'newcomer'])
    expectError(result, ExitCode.Failed, 'DBS-1501')
    expect(result.stderr).toContain('0003_half.sql:2:1')
    expect(await companiesOf(given.database)).toEqual(['abc', 'xyz'])
    expect(await given.database.query(`select from pg_namespace where nspname = 'tenant_newcomer'`)).toEqual([])
    expect(await appliedTo(given.database, 'tenant', 'newcomer')).toEqual([])
  })
})

describe('given seven companies, two of which have data that a migration cannot take', () => {
  const companies = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  let given: Given
  beforeAll(async () => {
    given = await givenOrders({ companies, config: { migrations: { batchSize: 4 } } })
    for (const company of companies) {
      const amounts = company === 'c' ? '(1, 5), (2, 5)' : company === 'f' ? '(1, 9), (2, -9)' : '(1, 1), (2, 2)'
      await given.database.query(`insert into tenant_${company}.orders values ${amounts}`)
    }
    await given.write(
      'migrations/postgres/tenant/0002_sane.sql',
      migration(
        'alter table orders add column note text;\nalter table orders add constraint distinct_amounts unique (amount);\n\nalter table orders\n  add constraint sane check (amount > 0);',
      ),
    )
    await given.write(
      'migrations/postgres/tenant/0003_paid.sql',
      migration('alter table orders add column paid boolean;'),
    )
  })

  test('when it is rolled out, then the five others are done and each failing one is reported with its own error', async () => {
    const result = await given.dbsvc(['migrate', 'up'])
    expectError(result, ExitCode.Failed, 'DBS-1502')
    expect(result.stderr).toContain('up       tenant 0002_sane on 5 companies, 2 failed')
    expect(result.stderr).toMatch(
      / {2}c: .*0002_sane\.sql:3:1 failed on c: .*"distinct_amounts" \(Duplicate keys exist\.\)/,
    )
    expect(result.stderr).toMatch(
      / {2}f: .*0002_sane\.sql:5:1 failed on f: check constraint "sane" .* is violated by some row/,
    )
    for (const company of companies) {
      const bad = company === 'c' || company === 'f'
      expect(await appliedTo(given.database, 'tenant', company)).toEqual(
        bad ? ['0001_orders'] : ['0001_orders', '0002_sane', '0003_paid'],
      )
      expect(await columnsOf(given.database, `tenant_${company}.orders`)).toEqual(
        bad ? ['id', 'amount'] : ['id', 'amount', 'note', 'paid'],
      )
    }
    expect(
      await given.database.query('select outcome, summary from dbsvc.runs order by started_at desc limit 1'),
    ).toEqual([
      {
        outcome: 'failed',
        summary: expect.objectContaining({
          failures: [expect.objectContaining({ company: 'c' }), expect.objectContaining({ company: 'f' })],
        }),
      },
    ])
  })

  test('when one is mended, then it is the only one done, and the other is an error of its own', async () => {
    await given.database.query('update tenant_c.orders set amount = id')
    const result = await given.dbsvc(['migrate', 'up', '--json'])
    expectExit(result, ExitCode.Failed)
    expect(result.json<ErrorDocument>().error).toMatchObject({
      code: 'DBS-1501',
      details: {
        target: 'f',
        line: 5,
        column: 1,
        file: join(given.directory, 'migrations/postgres/tenant/0002_sane.sql'),
      },
    })
    expect(await appliedTo(given.database, 'tenant', 'c')).toEqual(['0001_orders', '0002_sane', '0003_paid'])
  })

  test('when the last is mended, then the run converges', async () => {
    await given.database.query('update tenant_f.orders set amount = id')
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(
      await given.database.query(`select distinct history from dbsvc.targets where scope = 'tenant'`),
    ).toHaveLength(1)
    expect(await columnsOf(given.database, 'tenant_f.orders')).toEqual(['id', 'amount', 'note', 'paid'])
  })
})

describe('given a migration that ends the transaction it runs in', () => {
  test.each([
    'commit',
    'rollback',
    'commit and chain',
    'rollback; begin',
    'commit; begin',
  ])('when it contains %s, then it is refused by name and is in no ledger', async (text) => {
    const given = await givenOrders({ companies: ['abc', 'xyz'] })
    await given.write(
      'migrations/postgres/tenant/0002_ends.sql',
      migration(`alter table orders add column note text;\n${text};\nalter table orders add column more text;`),
    )
    const result = await given.dbsvc(['migrate', 'up'])
    expectExit(result, ExitCode.Failed)
    expect(result.stderr).toContain('0002_ends.sql contains COMMIT or ROLLBACK')
    expect(await appliedTo(given.database, 'tenant', 'abc')).toEqual(['0001_orders'])
    expect(await columnsOf(given.database, 'tenant_abc.orders')).toEqual(['id', 'amount'])
  })
})
