import { expect, test } from 'vitest'
import { sessionSetting } from '../../../../../../src/engines/postgres/lint/rules/session-setting.ts'
import { findings } from '../given-migrations.ts'

const orders = 'create table orders (id bigint primary key, amount numeric(12, 2), note varchar(20));'

test('given a setting is set for the session, then it is found', async () => {
  expect(
    await findings(sessionSetting, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': "set work_mem = '1GB';",
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 work_mem is set for the session, not for this migration'])
})

test('given set_config sets it for the session, then it is found', async () => {
  expect(
    await findings(sessionSetting, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': "select set_config('work_mem', '1GB', false);",
    }),
  ).toEqual(['tenant/0002_change.sql:1:1 work_mem is set for the session, not for this migration'])
})

test.each([
  [
    'it is set for the transaction',
    { 'tenant/0001_orders.sql': orders, 'tenant/0002_change.sql': "set local work_mem = '1GB';" },
  ],
  [
    'there is no transaction',
    {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.ts': `export const up = (pgm) => {
  pgm.noTransaction()
  pgm.sql('set maintenance_work_mem = 65536')
}
export const down = false
`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(sessionSetting, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(sessionSetting, {
      'tenant/0001_orders.sql': orders,
      'tenant/0002_change.sql': `-- dbsvc: allow session-setting because the next one needs it too
set work_mem = '1GB';`,
    }),
  ).toEqual([])
})
