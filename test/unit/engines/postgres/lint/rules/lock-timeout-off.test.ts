import { expect, test } from 'vitest'
import { lockTimeoutOff } from '../../../../../../src/engines/postgres/lint/rules/lock-timeout-off.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given lock_timeout is set to 0, then it is found', async () => {
  expect(
    await findings(lockTimeoutOff, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'set local lock_timeout = 0;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 lock_timeout is switched off: this migration may wait for a lock without end'])
})

test('given it is reset, then it is found', async () => {
  expect(
    await findings(lockTimeoutOff, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': 'reset lock_timeout;',
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 lock_timeout is switched off: this migration may wait for a lock without end'])
})

test('given set_config sets it to 0, then it is found', async () => {
  expect(
    await findings(lockTimeoutOff, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': "select set_config('lock_timeout', '0', true);",
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 lock_timeout is switched off: this migration may wait for a lock without end'])
})

test('given everything is reset, then it is found', async () => {
  expect(
    await findings(lockTimeoutOff, { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'reset all;' }),
  ).toEqual(['tenant/0002_change.sql:1:1 all settings are reset, lock_timeout with them'])
})

test.each([
  [
    'another limit is set',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': "set local lock_timeout = '30s';" },
  ],
  ['another setting is reset', { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': 'reset work_mem;' }],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(lockTimeoutOff, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(lockTimeoutOff, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow lock-timeout-off because it runs at night
set local lock_timeout = 0;`,
    }),
  ).toEqual([])
})
