import { beforeAll, expect, test } from 'vitest'
import { readSurroundings } from '../../../src/engines/postgres/guard/read-surroundings.ts'
import type { Surroundings } from '../../../src/engines/postgres/guard/surroundings.ts'
import { createCluster } from '../../support/shipped-cluster.ts'

let found: Surroundings

beforeAll(async () => {
  const cluster = await createCluster()
  await cluster.asOwner(
    'tenant_company_abc',
    `create table notes (company_id text not null, user_id text references users on delete cascade);
     create view summary with (security_invoker) as select user_id from users;
     grant select on summary to database_service_role;
     create function settled() returns int language sql immutable return 1;
     create function telling() returns int language sql stable return 1;
     create function changing() returns int language sql volatile return 1;
     create function hidden() returns int language sql immutable return 1;
     grant execute on function settled(), telling(), changing() to database_service_role`,
  )
  const client = await cluster.database.connect()
  found = await readSurroundings(client, 'company_abc')
})

test('the tables of the company and the shared ones are there, each with its tag', () => {
  expect([...found.own.keys()]).toEqual(
    expect.arrayContaining(['users', 'mt5_accounts', 'trading_history', 'trading_signals']),
  )
  expect([...found.shared.values()].map(({ tag }) => tag)).toEqual(
    expect.arrayContaining([
      'public.market_data',
      'public.trading_ticks',
      'public.ai_predictions',
      'public.tenant_configurations',
    ]),
  )
})

test('foreign keys lead to the tables that change along', () => {
  expect(found.own.get('users')?.along).toEqual(['notes'])
})

test('triggers are told', () => {
  expect(found.shared.get('tenant_configurations')?.triggers).toBe(true)
  expect(found.own.get('users')?.triggers).toBe(false)
})

test('a view of a migration is opaque, a time series is not', () => {
  expect(found.own.get('summary')?.opaque).toBe(true)
  expect(found.shared.get('trading_ticks')?.opaque).toBe(false)
  expect(found.own.get('users')?.opaque).toBe(false)
})

test('functions that the shared role may call are there, with their volatility', () => {
  expect(Object.fromEntries(found.functions)).toMatchObject({
    settled: 'immutable',
    telling: 'stable',
    changing: 'volatile',
  })
  expect(found.functions.has('hidden')).toBe(false)
})
