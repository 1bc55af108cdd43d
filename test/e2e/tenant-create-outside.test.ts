import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { appliedTo } from './support/catalogue.ts'
import { expectExit, type Given, givenCluster, migration, orders } from './support/given.ts'

const concurrent = `export const up = (pgm) => {
  pgm.noTransaction()
  pgm.createIndex('orders', 'amount', { name: 'by_amount', concurrently: true })
}`
const after = migration('create table later (id int primary key);')

describe('given a migration that builds an index concurrently', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenCluster({ migrations: { 'postgres/tenant/0001_orders.sql': orders }, companies: ['old'] })
    await given.write('migrations/postgres/tenant/0002_index.ts', concurrent)
    await given.write('migrations/postgres/tenant/0003_later.sql', after)
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
  })

  test('when companies are created, then nobody else is waited for, and they are as those that were migrated', async () => {
    // CREATE INDEX CONCURRENTLY would wait for this one to end.
    const bystander = await given.database.connect()
    await bystander.query('begin isolation level repeatable read; select from pg_class limit 1')
    const result = await given.dbsvc(['tenant', 'create', 'new', 'newer', 'newest'], { timeoutMs: 20_000 })
    await bystander.query('rollback')
    expectExit(result, ExitCode.Ok)
    expect(await appliedTo(given.database, 'tenant', 'new')).toEqual(['0001_orders', '0002_index', '0003_later'])
    const together = await given.database.query(
      `select count(distinct xmin::text)::int as transactions from dbsvc.ledger where company_id = 'newer'`,
    )
    expect(together).toEqual([{ transactions: 1 }])
    expectExit(await given.dbsvc(['drift', '--against', 'build']), ExitCode.Ok)
  })
})

test('given a migration that can only run outside a transaction, when a company is created, then it runs there', async () => {
  const given = await givenCluster({
    migrations: {
      'postgres/tenant/0001_orders.sql': orders,
      'postgres/tenant/0002_vacuum.ts': `export const up = (pgm) => { pgm.noTransaction(); pgm.sql('vacuum orders') }`,
      'postgres/tenant/0003_later.sql': after,
    },
    companies: ['abc', 'xyz'],
  })
  expect(await appliedTo(given.database, 'tenant', 'xyz')).toEqual(['0001_orders', '0002_vacuum', '0003_later'])
})
