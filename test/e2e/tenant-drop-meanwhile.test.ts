import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { companiesOf, relationsIn } from './support/catalogue.ts'
import { expectExit, type Given, givenOrders } from './support/given.ts'

test('given a migration under way on a company, when that is dropped, then it waits for the migration', async () => {
  const given = await givenOrders({ companies: ['company_abc', 'company_xyz'] })
  const batch = await given.database.connect()
  await batch.query(`begin; select from dbsvc.targets where company_id = 'company_abc' for update`)
  const dropped = given.dbsvc(['tenant', 'drop', 'company_abc', '--confirm', 'company_abc'])
  await somebodyWaits(given)
  await batch.query('alter table tenant_company_abc.orders add column note text')
  await batch.query('create table tenant_company_abc.late (id bigint primary key)')
  await batch.query('commit')
  expectExit(await dropped, ExitCode.Ok)
  expect(await companiesOf(given.database)).toEqual(['company_xyz'])
  expect(await relationsIn(given.database, 'tenant_company_abc')).toEqual([])
})

async function somebodyWaits({ database }: Given): Promise<void> {
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  const deadline = performance.now() + 30_000
  while ((await database.query(waiting)).length === 0) {
    if (performance.now() > deadline) throw new Error('nobody waits for a lock')
    await sleep(20)
  }
}
