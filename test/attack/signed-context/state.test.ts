import { beforeAll, describe, expect, test } from 'vitest'
import type { ContextPool } from '../../../src/engines/postgres/context/pool.ts'
import { claimsOf, createSetting, refusal, type Setting } from './setting.ts'

let setting: Setting
let pool: ContextPool

beforeAll(async () => {
  setting = await createSetting()
  pool = setting.openPool()
})

const setState = (state: string): Promise<unknown> =>
  setting.database.query(`update dbsvc.companies set state = $1 where company_id = 'alpha'`, [state])

describe('a company that is not active is refused at once, on connections that served it before', () => {
  test.each(['suspended', 'provisioning', 'dropping'])('%s', async (state) => {
    const alpha = claimsOf('alpha')
    await pool.query(alpha, { text: 'select 1' })
    await setState(state)
    const refusedNow = { code: 'DBS-1206', message: `company alpha is ${state}; this needs it to be active` }
    expect(await refusal(pool.query(alpha, { text: 'select 1' }))).toMatchObject(refusedNow)
    expect(await refusal(pool.batch(alpha, [{ text: 'select 1' }, { text: 'select 2' }]))).toMatchObject(refusedNow)
    const stream = pool.stream(alpha, { text: 'select 1' }, { pageSize: 1 })
    expect(await refusal(stream.next())).toMatchObject(refusedNow)
    expect((await pool.query(claimsOf('beta'), { text: 'select 1 as one' })).rows).toEqual([{ one: 1 }])
    await setState('active')
    expect((await pool.query(alpha, { text: 'select 1 as one' })).rows).toEqual([{ one: 1 }])
    expect(pool.counts().open).toBe(1)
  })

  test('one that was dropped', async () => {
    expect(await refusal(pool.query(claimsOf('gone'), { text: 'select 1' }))).toMatchObject({ code: 'DBS-1203' })
  })
})

describe('a context for reading', () => {
  const reader = claimsOf('alpha', { mode: 'read' })
  test.each([
    `insert into users values ('x', 'x@y', 'free')`,
    `update users set email = 'x@y'`,
    'delete from users',
    `insert into market_data (company_id, symbol) values ('alpha', 'x')`,
    'select * from users for update',
    `with x as (delete from users returning *) select * from x`,
    `with x as (insert into market_data (company_id, symbol) values ('alpha', 'x') returning *) select * from x`,
  ])('cannot: %s', async (text) => {
    expect(await refusal(pool.query(reader, { text }))).toMatchObject({ code: '25006' })
  })

  test('cannot become one for writing', async () => {
    for (const text of ['set transaction read write', 'set local transaction_read_only = off']) {
      const write = { text: `insert into users values ('x', 'x@y', 'free')` }
      expect((await refusal(pool.batch(reader, [{ text }, write]))).code).toMatch(/^(25001|DBS-1604)$/)
    }
    expect((await pool.query(reader, { text: 'select * from users' })).rows).toEqual([])
  })

  test('proves nothing in a transaction that may write', async () => {
    const bare = await setting.bare()
    await bare.client.query('begin')
    await bare.client.query(
      `set local app.context = '${bare.token({ mode: 'read' })}'; set local app.current_company_id = 'alpha'`,
    )
    expect(await refusal(bare.rows(`insert into tenant_alpha.users values ('x', 'x@y', 'free')`))).toMatchObject({
      constraint: 'dbsvc_context_mode',
    })
    await bare.client.query('rollback')
    await bare.client.query('begin read only')
    await bare.client.query(
      `set local app.context = '${bare.token({ mode: 'read' })}'; set local app.current_company_id = 'alpha'`,
    )
    expect(await bare.rows('select * from tenant_alpha.users')).toEqual([])
    await bare.client.query('rollback')
  })

  test('reads', async () => {
    expect((await pool.query(reader, { text: 'select count(*)::int as n from users' })).rows).toEqual([{ n: 0 }])
  })
})
