import { expect, test } from 'vitest'
import { asksDatabase } from '../../../../../../src/engines/postgres/lint/rules/asks-database.ts'
import { findings } from '../given-migrations.ts'

test('given a file asks while it is built, then it is found', async () => {
  expect(
    await findings(asksDatabase, {
      'tenant/0001_orders.ts': `export const up = async (pgm) => {
  const rows = await pgm.db.select('select 1')
  pgm.sql(\`select \${rows.length}\`)
}
export const down = false
`,
    }),
  ).toEqual(['tenant/0001_orders.ts 0001_orders asks the database while it is built, so its up was not looked at'])
})

test.each([
  [
    'it asks nothing',
    {
      'tenant/0001_orders.ts': `export const up = (pgm) => {
  pgm.sql('select count(*) from orders')
}
export const down = false
`,
    },
  ],
])('given %s, then nothing is found', async (_, migrations) => {
  expect(await findings(asksDatabase, migrations)).toEqual([])
})

test('given a suppression with a reason, then nothing is found', async () => {
  expect(
    await findings(asksDatabase, {
      'tenant/0001_orders.ts': `// dbsvc: allow asks-database because it only counts
export const up = async (pgm) => {
  await pgm.db.select('select 1')
}
export const down = false
`,
    }),
  ).toEqual([])
})
