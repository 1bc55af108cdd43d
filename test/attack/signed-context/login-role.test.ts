import { randomBytes } from 'node:crypto'
import type { Client } from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { provisionCompany, provisionLogin } from '../../support/install-schema.ts'
import { createSetting, refusal, type Setting } from './setting.ts'

// Roles belong to the server that all test files share.
const company = `direct_${randomBytes(4).toString('hex')}`
const password = 'a password of the tests'

let setting: Setting
let role: string
let client: Client

const rows = async (sql: string): Promise<Record<string, unknown>[]> => (await client.query(sql)).rows

beforeAll(async () => {
  setting = await createSetting()
  await provisionCompany(setting.database, company)
  role = await provisionLogin(setting.database, company, password)
  for (const owner of ['alpha', company]) {
    await setting.database.query(`
      insert into tenant_${owner}.users values ('u', 'u@x', 'free');
      insert into market_data (company_id, symbol) select '${owner}', '${owner}' from generate_series(1, 20);
      insert into private_shared.trading_ticks (time, company_id, user_id, symbol)
        select now(), '${owner}', 'u', '${owner}' from generate_series(1, 20)`)
  }
  client = await setting.database.connect(role, password)
})

test('it sees and writes its own rows without a context', async () => {
  expect(await rows('select user_id from users')).toEqual([{ user_id: 'u' }])
  expect(await rows('select distinct company_id from market_data')).toEqual([{ company_id: company }])
  expect(await rows('select distinct company_id from trading_ticks')).toEqual([{ company_id: company }])
  for (const sql of [
    `insert into users values ('v', 'v@x', 'free')`,
    `update users set email = 'w@x' where user_id = 'v'`,
    `delete from users where user_id = 'v'`,
    `insert into market_data (company_id, symbol) values ('${company}', 'own')`,
    `insert into trading_ticks (time, company_id, user_id, symbol) values (now(), '${company}', 'u', 'own')`,
  ]) {
    expect((await client.query(sql)).rowCount, sql).toBe(1)
  }
})

describe('nothing it can set brings it to another company', () => {
  test.each([
    `set app.current_company_id = 'alpha'`,
    `set app.current_company_id = ''`,
    `set app.context = 'x'`,
    `set app.current_user_id = 'u'`,
    'set search_path = tenant_alpha, public',
    'set role dbsvc_companies',
    'set enable_seqscan = off',
  ])('%s', async (sql) => {
    const own = await setting.database.connect(role, password)
    await own.query(sql)
    for (const table of ['public.market_data', 'public.trading_ticks']) {
      const { rows: seen } = await own.query(`select company_id from ${table}`).catch((error: { code: string }) => {
        expect(error.code).toBe('42501')
        return { rows: [] }
      })
      expect(seen.filter((row) => row.company_id !== company)).toEqual([])
    }
    expect(await refusal(own.query('select * from tenant_alpha.users'))).toMatchObject({ code: '42501' })
    await own.end()
  })

  test.each(['public.market_data', 'public.trading_ticks'])('a cursor on %s that is open across SET', async (table) => {
    await client.query('begin; set local enable_material = off')
    await client.query(
      `declare c cursor for select m.company_id from generate_series(1, 5) g, lateral (select g as n offset 0) s, ${table} m
         where length(m.symbol) > s.n - s.n`,
    )
    await client.query('fetch 1 from c')
    await client.query(`set local app.current_company_id = 'alpha'`)
    const rest = await rows('fetch all from c')
    await client.query('rollback')
    expect(rest.filter((row) => row.company_id !== company)).toEqual([])
  })
})

describe('it may not', () => {
  test.each([
    `select dbsvc.enter('x')`,
    'set role database_service_role',
    'set role dbsvc_owner',
    'set session authorization database_service_role',
    'drop owned by current_user',
    'drop owned by dbsvc_companies',
    `insert into public.market_data (company_id, symbol) values ('alpha', 'x')`,
    `update public.market_data set company_id = 'alpha'`,
    'truncate users',
    'create table t (a int)',
    'create temp table t (a int)',
    'create schema mine',
    `select set_config('app.current_company_id', 'alpha', false)`,
    `do $$ begin null; end $$`,
    'select * from dbsvc.companies',
    'select * from dbsvc.context_keys',
    'select * from private_shared.trading_ticks',
    'select * from pg_stat_activity',
    'select pg_terminate_backend(1)',
    'alter table users disable row level security',
    'drop policy company_proof on users',
    'grant dbsvc_companies to database_service_role',
    'alter role current_user bypassrls',
    `alter role current_user noinherit`,
  ])('%s', async (sql) => {
    expect(await refusal(client.query(sql))).toMatchObject({ code: '42501' })
  })

  test('drop what its kind is held by, as its own kind', async () => {
    const own = await setting.database.connect(role, password)
    await own.query('set role dbsvc_companies')
    expect(await refusal(own.query('drop owned by dbsvc_companies'))).toMatchObject({ code: '42501' })
    await own.end()
  })
})

test('suspended, it is refused at once on the connection it has', async () => {
  await setting.database.query(`update dbsvc.companies set state = 'suspended' where company_id = '${company}'`)
  for (const sql of ['select * from users', 'select * from public.market_data', 'select * from public.trading_ticks']) {
    expect(await refusal(client.query(sql))).toMatchObject({ code: '42501', constraint: 'dbsvc_company_suspended' })
  }
  await setting.database.query(`update dbsvc.companies set state = 'active' where company_id = '${company}'`)
  expect(await rows('select user_id from users')).toEqual([{ user_id: 'u' }])
})
