import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { appliedTo, policiesOf, relationsIn } from './support/catalogue.ts'
import { expectError, expectExit, type Given, givenCluster, givenOrders, migration } from './support/given.ts'

describe('given migrations in every format of node-pg-migrate', () => {
  test('when they are applied, then shorthands, several statements and both languages give the tables they describe', async () => {
    const given = await givenCluster({
      migrations: {
        'postgres/tenant/1_accounts.ts': `import type { MigrationBuilder } from 'node-pg-migrate'
          export const shorthands = { money: { type: 'numeric(15,2)', notNull: true, default: 0 } }
          export const up = (pgm: MigrationBuilder): void => {
            pgm.createTable('accounts', { id: 'id', balance: 'money' })
            pgm.createIndex('accounts', 'balance')
          }`,
        'postgres/tenant/2_ledger.js': `export const up = (pgm) => { pgm.createTable('bookings', { id: 'id', amount: 'money', account_id: { type: 'integer', references: 'accounts' } }) }
          export const down = false`,
        'postgres/tenant/10_many.sql': migration(
          `create table notes (id int primary key, text text); -- a semicolon; in a comment
           insert into notes values (1, 'one; two');
           create function twice(n int) returns int language plpgsql as $$ begin return n * 2; end $$;`,
        ),
        'postgres/tenant/20260101120000000_late.cjs': `exports.up = (pgm, done) => { pgm.addColumn('notes', { late: 'boolean' }); done() }`,
      },
      companies: ['one'],
    })
    expect(await appliedTo(given.database, 'tenant', 'one')).toEqual([
      '1_accounts',
      '2_ledger',
      '10_many',
      '20260101120000000_late',
    ])
    expect(
      await given.database.query(
        `select format_type(atttypid, atttypmod) as type, attnotnull as required from pg_attribute
         where attrelid in ('tenant_one.accounts'::regclass, 'tenant_one.bookings'::regclass) and attname in ('balance', 'amount')`,
      ),
    ).toEqual([
      { type: 'numeric(15,2)', required: true },
      { type: 'numeric(15,2)', required: true },
    ])
    expect(await given.database.query('select text, late, tenant_one.twice(id) from tenant_one.notes')).toEqual([
      { text: 'one; two', late: null, twice: 2 },
    ])
  })

  test('when a file asks the database while it is built, then each company gets what its own data say', async () => {
    const given = await givenOrders({ companies: ['full', 'empty'] })
    await given.database.query('insert into tenant_full.orders values (1, 10), (2, 20)')
    await given.write(
      'migrations/postgres/tenant/0002_counted.ts',
      `export const up = async (pgm) => {
        const [{ count }] = await pgm.db.select('select count(*)::int as count from orders')
        pgm.createTable(\`had_\${count}\`, { id: 'id' })
      }
      export const down = false`,
    )
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(await relationsIn(given.database, 'tenant_full')).toEqual(['had_2', 'orders'])
    expect(await relationsIn(given.database, 'tenant_empty')).toEqual(['had_0', 'orders'])
  })
})

describe('given a migration outside of a transaction', () => {
  const concurrently = `export const up = (pgm) => {
    pgm.noTransaction()
    pgm.sql('create table if not exists steps (n int)')
    pgm.sql('insert into steps values (1)')
    pgm.createIndex('orders', 'amount', { name: 'orders_amount', unique: true, concurrently: true })
  }
  export const down = (pgm) => { pgm.noTransaction(); pgm.dropIndex('orders', 'amount', { name: 'orders_amount', concurrently: true }); pgm.sql('drop table steps') }`
  let given: Given
  beforeAll(async () => {
    given = await givenOrders({ companies: ['clean', 'double'] })
    await given.database.query('insert into tenant_double.orders values (1, 5), (2, 5)')
    await given.write('migrations/postgres/tenant/0002_index.ts', concurrently)
  })

  test('when its last statement fails for one company, then the other has all of it and what is done is remembered', async () => {
    const result = await given.dbsvc(['migrate', 'up'])
    expectError(result, ExitCode.Failed, 'DBS-1501')
    expect(result.stderr).toContain('double')
    expect(await appliedTo(given.database, 'tenant', 'clean')).toEqual(['0001_orders', '0002_index'])
    expect(await appliedTo(given.database, 'tenant', 'double')).toEqual(['0001_orders'])
    expect(await given.database.query('select company_id, statements_done from dbsvc.progress')).toEqual([
      { company_id: 'double', statements_done: 2 },
    ])
  })

  test('when the data are mended and it runs again, then it goes on after the statements that were done', async () => {
    await given.database.query('update tenant_double.orders set amount = 6 where id = 2')
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(await given.database.query('select n from tenant_double.steps')).toEqual([{ n: 1 }])
    expect(
      await given.database.query(
        `select indisvalid, indisunique from pg_index where indexrelid = 'tenant_double.orders_amount'::regclass`,
      ),
    ).toEqual([{ indisvalid: true, indisunique: true }])
    expect(await given.database.query('select from dbsvc.progress')).toEqual([])
    expect(await policiesOf(given.database, 'tenant_double.steps')).toContain('company_proof')
  })

  test('when a company is created afterwards, then it has the index too and is active', async () => {
    expectExit(await given.dbsvc(['tenant', 'create', 'later']), ExitCode.Ok)
    expect(await given.database.query(`select state from dbsvc.companies where company_id = 'later'`)).toEqual([
      { state: 'active' },
    ])
    expect(await appliedTo(given.database, 'tenant', 'later')).toEqual(['0001_orders', '0002_index'])
    expect(
      await given.database.query(
        `select indisvalid from pg_index where indexrelid = 'tenant_later.orders_amount'::regclass`,
      ),
    ).toEqual([{ indisvalid: true }])
  })
})
