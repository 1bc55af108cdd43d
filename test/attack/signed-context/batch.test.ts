import { beforeAll, expect, test } from 'vitest'
import type { ContextPool } from '../../../src/engines/postgres/context/pool.ts'
import { claimsOf, createSetting, refusal, type Setting } from './setting.ts'

let setting: Setting
let pool: ContextPool

beforeAll(async () => {
  setting = await createSetting()
  pool = setting.openPool()
})

const alpha = claimsOf('alpha')
const insert = (user: string) => ({
  text: `insert into users values ($1::text, $1::text || '@alpha', 'free') returning user_id`,
  values: [user],
})
const users = async (): Promise<unknown[]> =>
  (await pool.query(alpha, { text: 'select user_id from users order by 1' })).rows.map((row) => row.user_id)

test('the result of each statement comes back in order', async () => {
  const results = await pool.batch(alpha, [
    insert('a'),
    { text: 'select user_id as id, 1 as n from users', rowMode: 'array' },
    { text: `update users set email = 'z@alpha'` },
    { text: 'select 1 where false' },
    { ...insert('b'), prepare: true },
    { ...insert('c'), prepare: true },
  ])
  expect(results.map(({ command, rowCount, rows }) => [command, rowCount, rows])).toEqual([
    ['INSERT', 1, [{ user_id: 'a' }]],
    ['SELECT', 1, [['a', 1]]],
    ['UPDATE', 1, []],
    ['SELECT', 0, []],
    ['INSERT', 1, [{ user_id: 'b' }]],
    ['INSERT', 1, [{ user_id: 'c' }]],
  ])
  expect(results[1]?.fields.map(({ name }) => name)).toEqual(['id', 'n'])
})

test.each([
  ['the first', [{ text: 'select 1 / 0' }, insert('x'), insert('y')], '22012'],
  ['one in the middle', [insert('x'), { text: 'select 1 / 0' }, insert('y')], '22012'],
  ['the last', [insert('x'), insert('y'), { text: 'select * from nothing' }], '42P01'],
  ['one that cannot be sent', [insert('x'), { text: 'select $1::date', values: [new Date('no')] }], '22023'],
  ['one that ends the transaction', [insert('x'), { text: 'rollback' }, insert('y')], 'DBS-1604'],
  ['one that is empty', [insert('x'), { text: '' }], 'DBS-1604'],
])('nothing is applied when %s fails', async (_, statements, code) => {
  const before = await users()
  expect(await refusal(pool.batch(alpha, statements))).toMatchObject({ code })
  expect(await users()).toEqual(before)
})

test('a constraint that is checked at the commit fails the batch', async () => {
  await setting.database.query(
    'alter table tenant_alpha.mt5_accounts alter constraint mt5_accounts_user_id_fkey deferrable initially deferred',
  )
  const account = { text: `insert into mt5_accounts (account_id, user_id, account_number) values (1, 'late', '1')` }
  expect(await refusal(pool.batch(alpha, [account, { text: 'select 1' }]))).toMatchObject({ code: '23503' })
  expect(await refusal(pool.query(alpha, account))).toMatchObject({ code: '23503' })
  await pool.batch(alpha, [account, insert('late')])
  expect((await pool.query(alpha, { text: 'select account_id from mt5_accounts' })).rows).toEqual([{ account_id: '1' }])
})

test('a failing commit does not shift the answers of the requests after it', async () => {
  const account = { text: `insert into mt5_accounts (account_id, user_id, account_number) values (2, 'nobody', '2')` }
  for (let n = 0; n < 5; n += 1) {
    const failing = n % 2 === 0 ? pool.query(alpha, account) : pool.batch(alpha, [account, account])
    expect((await refusal(failing)).code).toMatch(/^235/)
    for (let next = 0; next < 3; next += 1) {
      const { rows } = await pool.query(claimsOf('beta'), { text: 'select $1::int as next', values: [next] })
      expect(rows).toEqual([{ next }])
    }
  }
})

test('the context is entered again before each statement', async () => {
  const context = { text: `select current_setting('search_path') as path, dbsvc.current_company() as company` }
  const results = await pool.batch(alpha, [context, context, context])
  expect(results.map(({ rows }) => rows[0])).toEqual(
    Array(3).fill({ path: 'tenant_alpha, public, pg_temp', company: 'alpha' }),
  )
})

test('hundreds of statements and megabytes both ways do not block each other', async () => {
  const text = `select repeat($1::text, 1000) as text from generate_series(1, 20)`
  const results = await pool.batch(
    alpha,
    Array.from({ length: 200 }, (_, n) => ({ text: `${text} -- ${'x'.repeat(10_000)}`, values: [String(n % 10)] })),
  )
  expect(results).toHaveLength(200)
  expect(results[199]?.rows[0]?.text).toBe('9'.repeat(1_000))
})

test('an empty batch needs no connection', async () => {
  const idle = setting.openPool()
  expect(await idle.batch(alpha, [])).toEqual([])
  expect(idle.counts().open).toBe(0)
})
