import { beforeAll, describe, expect, test } from 'vitest'
import { asOwner } from '../../support/install-schema.ts'
import { type Bare, createSetting, refusal, type Setting } from './setting.ts'

let setting: Setting
let bare: Bare

beforeAll(async () => {
  setting = await createSetting()
  await asOwner(setting.database, 'tenant_alpha', [
    `create table orders (order_id int primary key, user_id text, amount int);
     create table deposits (deposit_id int primary key, user_id text not null, amount int);`,
  ])
  for (const user of ['u1', 'u2']) {
    const n = user.slice(1)
    await setting.database.query(`
      insert into tenant_alpha.users values ('${user}', '${user}@alpha', 'free');
      insert into tenant_alpha.orders values (${n}, '${user}', ${n}0);
      insert into tenant_alpha.deposits values (${n}, '${user}', ${n}0);
      insert into tenant_alpha.trading_signals (signal_id, user_id, symbol, signal_type) values ('${user}', '${user}', 'S', 'buy');
      insert into market_data (company_id, user_id, symbol) values ('alpha', '${user}', '${user}');
      insert into private_shared.trading_ticks (time, company_id, user_id, symbol) values (now(), 'alpha', '${user}', '${user}')`)
  }
  await setting.database.query(`
    insert into tenant_alpha.orders values (0, null, 0);
    insert into tenant_alpha.trading_signals (signal_id, symbol, signal_type) values ('all', 'S', 'buy');
    insert into market_data (company_id, symbol) values ('alpha', 'all')`)
  bare = await setting.bare()
})

const as = <T>(user: string | null, work: () => Promise<T>): Promise<T> => bare.entered({ user }, work)
const list = async (user: string | null, sql: string): Promise<unknown[]> =>
  (await as(user, () => bare.rows<{ x: unknown }>(sql))).map((row) => row.x)

describe('reading', () => {
  test.each([
    ['users', 'select user_id as x from users order by 1', ['u1'], ['u1', 'u2']],
    ['rows of users', 'select user_id as x from deposits order by 1', ['u1'], ['u1', 'u2']],
    ['rows of users and of the company', 'select order_id as x from orders order by 1', [0, 1], [0, 1, 2]],
    ['signals', 'select signal_id as x from trading_signals order by 1', ['all', 'u1'], ['all', 'u1', 'u2']],
    ['a shared table', 'select symbol as x from market_data order by 1', ['all', 'u1'], ['all', 'u1', 'u2']],
    ['a time series', 'select symbol as x from trading_ticks order by 1', ['u1'], ['u1', 'u2']],
    ['a foreign user by name', `select order_id as x from orders where user_id = 'u2'`, [], [2]],
    ['a time series by name', `select symbol as x from trading_ticks where user_id = 'u2'`, [], ['u2']],
  ])('%s: a user sees own rows and the company’s, no user sees all', async (_, sql, ofUser, ofCompany) => {
    expect(await list('u1', sql)).toEqual(ofUser)
    expect(await list(null, sql)).toEqual(ofCompany)
  })

  test('a user named by a setting is not believed', async () => {
    await as('u1', async () => {
      await bare.client.query(`set local app.current_user_id = 'u2'`)
      expect(await bare.rows('select order_id from orders order by 1')).toEqual([{ order_id: 0 }, { order_id: 1 }])
      await bare.client.query(`set local app.current_user_id = ''`)
      expect(await bare.rows('select user_id from users')).toEqual([{ user_id: 'u1' }])
    })
  })
})

describe('a user cannot', () => {
  test.each([
    ["insert another user's row", `insert into orders values (9, 'u2', 1)`],
    ["insert the company's row", 'insert into orders values (9, null, 1)'],
    [
      "insert another user's signal",
      `insert into trading_signals (signal_id, user_id, symbol, signal_type) values ('x', 'u2', 'S', 'buy')`,
    ],
    [
      "insert the company's signal",
      `insert into trading_signals (signal_id, symbol, signal_type) values ('x', 'S', 'buy')`,
    ],
    ['give a row to another user', `update orders set user_id = 'u2' where order_id = 1`],
    ['give a row to the company', 'update orders set user_id = null where order_id = 1'],
    ['insert a user', `insert into users values ('u3', 'u3@alpha', 'free')`],
    ['become another user', `update users set user_id = 'u3'`],
    [
      "insert another user's shared row",
      `insert into market_data (company_id, user_id, symbol) values ('alpha', 'u2', 'x')`,
    ],
    ["insert the company's shared row", `insert into market_data (company_id, symbol) values ('alpha', 'x')`],
    [
      "take another user's row on conflict",
      `insert into orders values (2, 'u1', 1) on conflict (order_id) do update set user_id = 'u1'`,
    ],
    [
      "change the company's row on conflict",
      `insert into orders values (0, 'u1', 1) on conflict (order_id) do update set amount = 1`,
    ],
  ])('%s', async (_, sql) => {
    expect(await as('u1', () => refusal(bare.rows(sql)))).toMatchObject({ code: '42501' })
  })

  test.each([
    [
      "insert another user's tick",
      `insert into trading_ticks (time, company_id, user_id, symbol) values (now(), 'alpha', 'u2', 'x')`,
    ],
    ['give a tick to another user', `update trading_ticks set user_id = 'u2'`],
  ])('%s', async (_, sql) => {
    expect(await as('u1', () => refusal(bare.rows(sql)))).toMatchObject({ code: '44000' })
  })

  test.each([
    `update orders set amount = 1 where user_id = 'u2'`,
    `update orders set amount = 1 where user_id is null`,
    `update orders set user_id = 'u1' where user_id is null`,
    `delete from orders where user_id = 'u2'`,
    'delete from orders where user_id is null',
    `update users set email = 'x@y' where user_id = 'u2'`,
    `delete from deposits where user_id = 'u2'`,
    `delete from market_data where symbol = 'all'`,
    `update market_data set symbol = 'x' where symbol in ('u2', 'all')`,
    `delete from trading_ticks where symbol = 'u2'`,
    `merge into orders o using (values (2), (0)) v (id) on o.order_id = v.id and o.user_id is distinct from 'u1'
       when matched and o.user_id = 'u2' then delete`,
  ])('touch a row with: %s', async (sql) => {
    expect((await as('u1', () => bare.client.query(sql))).rowCount).toBe(0)
  })
})

describe('honest use', () => {
  test('a user writes own rows', async () => {
    await as('u1', async () => {
      for (const sql of [
        `insert into orders values (9, 'u1', 1)`,
        'update orders set amount = 2 where order_id = 9',
        'delete from orders where order_id = 9',
        `insert into market_data (company_id, user_id, symbol) values ('alpha', 'u1', 'mine')`,
        `insert into trading_ticks (time, company_id, user_id, symbol) values (now(), 'alpha', 'u1', 'mine')`,
        `update trading_ticks set bid = 1 where symbol = 'mine'`,
        `delete from trading_ticks where symbol = 'mine'`,
        `update users set email = 'new@alpha'`,
      ]) {
        expect((await bare.client.query(sql)).rowCount, sql).toBe(1)
      }
    })
  })

  test("the company writes everybody's rows and its own", async () => {
    await as(null, async () => {
      for (const sql of [
        'insert into orders values (9, null, 1)',
        `insert into orders values (8, 'u2', 1)`,
        'update orders set amount = 2 where order_id = 0',
        'delete from orders where order_id = 9',
        `update orders set user_id = 'u1' where order_id = 8`,
        `insert into trading_ticks (time, company_id, user_id, symbol) values (now(), 'alpha', 'u2', 'x')`,
      ]) {
        expect((await bare.client.query(sql)).rowCount, sql).toBe(1)
      }
    })
  })

  test('a table that gets a user_id later is protected by it', async () => {
    await asOwner(setting.database, 'tenant_alpha', ['create table late (id int primary key);'])
    await asOwner(setting.database, 'tenant_alpha', ['alter table late add column user_id text;'])
    await setting.database.query(`insert into tenant_alpha.late values (1, 'u1'), (2, 'u2'), (3, null)`)
    expect(await list('u1', 'select id as x from late order by 1')).toEqual([1, 3])
    expect(await list(null, 'select id as x from late order by 1')).toEqual([1, 2, 3])
  })
})
