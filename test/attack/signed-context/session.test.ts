import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ContextPool } from '../../../src/engines/postgres/context/pool.ts'
import { claimsOf, createSetting, refusal, type Setting } from './setting.ts'

let setting: Setting
let pool: ContextPool

beforeAll(async () => {
  setting = await createSetting()
  pool = setting.openPool()
})

const alpha = claimsOf('alpha')
const beta = claimsOf('beta')
const pid = async (): Promise<unknown> =>
  (await pool.query(beta, { text: 'select pg_backend_pid() as pid' })).rows[0]?.pid

let before: unknown
beforeEach(async () => {
  before = await pid()
})

describe('the connection is destroyed, and the next company gets a new one, after', () => {
  test.each([
    'begin',
    'start transaction',
    'commit',
    'rollback',
    'savepoint s',
    'set synchronous_commit = off',
    'set session characteristics as transaction isolation level serializable',
    `set app.current_company_id = 'beta'`,
    'set role none',
    'reset role',
    'reset all',
    'discard plans',
    'deallocate all',
    'listen news',
    'notify news',
    'unlisten *',
    'declare c cursor with hold for select 1',
    'fetch 1 from c',
    'prepare p as select 1',
    'execute p',
    'deallocate p',
    'explain select 1',
    'show search_path',
    `do $$ begin execute 'set work_mem = 64'; end $$`,
    'lock table users in access share mode',
    'alter role current_user set work_mem = 64',
    `alter role current_user password 'mine'`,
    'copy (select 1) to stdout',
    'copy users from stdin',
    `load 'plpgsql'`,
    'checkpoint',
    '/* select */ set a.b = 1',
    '',
    '-- nothing',
  ])('%j', async (text) => {
    await pool.query(alpha, { text }).catch((error: { code: string }) => {
      expect(error.code).toMatch(/^DBS-1604$|^[0-9A-Z]{5}$/)
    })
    expect(await pid()).not.toBe(before)
  })
})

describe('the connection is kept after', () => {
  test.each([
    'select 1',
    'values (1)',
    'table users',
    '(select 1)',
    'with x as (select 1) select * from x',
    '-- a comment\nselect 1',
    `insert into users values ('x', 'x@y', 'free') on conflict do nothing`,
    `update users set email = 'z@y' where user_id = 'x'`,
    `merge into users u using (values ('x')) v (id) on u.user_id = v.id when matched then update set email = 'w@y'`,
    `delete from users where user_id = 'x'`,
  ])('%j', async (text) => {
    await pool.query(alpha, { text })
    expect(await pid()).toBe(before)
  })

  test.each([
    ['a syntax error', 'selec 1', '42601', false],
    ['a syntax error in a query', 'select select', '42601', true],
    ['a table that is not there', 'select * from nothing', '42P01', true],
    ['a failure while rows are sent', 'select 1 / (5 - n) from generate_series(1, 10) n', '22012', true],
    ['a broken constraint', `insert into users values ('x', 'no address', 'free')`, '23514', true],
    ['two statements in one text', 'select 1; select 2', '42601', true],
    ['a parameter too few', 'select $1::int', '08P01', true],
  ])('%s', async (_, text, code, kept) => {
    expect(await refusal(pool.query(alpha, { text }))).toMatchObject({ code })
    expect((await pid()) === before).toBe(kept)
  })

  test('a parameter of the wrong type, on either side', async () => {
    expect(await refusal(pool.query(alpha, { text: 'select $1::int', values: ['x'] }))).toMatchObject({ code: '22P02' })
    expect(await refusal(pool.query(alpha, { text: 'select $1::int', values: [new Date('no')] }))).toMatchObject({
      code: '22023',
    })
    expect(await refusal(pool.query(alpha, { text: 'select $1', values: ['a\0b'] }))).toMatchObject({ code: '22021' })
    expect(await pid()).toBe(before)
  })
})

describe('what is refused is not committed', () => {
  const settingsOfRole = `select count(*)::int as n from pg_db_role_setting, unnest(setconfig) setting
    where setrole = 'database_service_role'::regrole and setting not like 'temp_file_limit=%'`
  test('a setting of the role itself, which would outlive the connection', async () => {
    expect(await refusal(pool.query(alpha, { text: 'alter role current_user set search_path = evil' }))).toMatchObject({
      code: 'DBS-1604',
    })
    expect(await setting.database.query(settingsOfRole)).toEqual([{ n: 0 }])
  })

  test("the shared role's password", async () => {
    expect(await refusal(pool.query(alpha, { text: `alter role current_user password 'mine'` }))).toMatchObject({
      code: 'DBS-1604',
    })
    await expect(setting.bare()).resolves.toBeDefined()
  })

  test('a batch in which one statement is more than data', async () => {
    const batch = pool.batch(alpha, [
      { text: `insert into users values ('lost', 'lost@alpha', 'free')` },
      { text: 'set work_mem = 64' },
    ])
    expect(await refusal(batch)).toMatchObject({ code: 'DBS-1604' })
    expect((await pool.query(alpha, { text: `select * from users where user_id = 'lost'` })).rows).toEqual([])
  })

  test('a notification', async () => {
    const listener = await setting.database.connect()
    const heard: unknown[] = []
    listener.on('notification', (message) => heard.push(message))
    await listener.query('listen news')
    expect(await refusal(pool.query(alpha, { text: `notify news, 'alpha'` }))).toMatchObject({ code: 'DBS-1604' })
    await listener.query('select 1')
    expect(heard).toEqual([])
  })
})

describe("another company's prepared statements", () => {
  test('cannot be run, replaced or named', async () => {
    const write = { text: `insert into users values ($1, $2, 'free') on conflict do nothing`, prepare: true }
    await pool.query(beta, { ...write, values: ['b1', 'b1@beta'] })
    for (const text of ['deallocate all', 'prepare __enter (text) as select 1', 'deallocate __enter', 'execute s1']) {
      await pool.query(alpha, { text }).catch(() => {})
      await pool.query(beta, { ...write, values: [text.length.toString(), `${text.length}@beta`] })
    }
    const { rows } = await pool.query(beta, { text: 'select count(*)::int as n from users' })
    expect(rows[0]?.n).toBeGreaterThan(2)
    expect((await pool.query(alpha, { text: 'select user_id from users' })).rows).toEqual([])
    expect(await refusal(pool.query(alpha, { text: 'select * from pg_prepared_statements' }))).toMatchObject({
      code: '42501',
    })
  })

  test('the same text prepared by two companies reads the rows of each', async () => {
    for (let round = 0; round < 8; round += 1) {
      for (const company of ['alpha', 'beta']) {
        const { rows } = await pool.query(claimsOf(company), {
          text: `select current_schema() as place, count(*) filter (where email like '%@' || $1) as own, count(*) as all from users`,
          values: [company],
          prepare: true,
        })
        expect(rows[0]?.place).toBe(`tenant_${company}`)
        expect(rows[0]?.own).toBe(rows[0]?.all)
      }
    }
    expect(await pid()).toBe(before)
  })

  test('one that a migration outdated is prepared again', async () => {
    const read = { text: `select * from users where user_id = 'nobody'`, prepare: true }
    await pool.query(alpha, read)
    await setting.database.query('alter table tenant_alpha.users add column note text')
    const { fields } = await pool.query(alpha, read)
    expect(fields.map((field) => field.name)).toContain('note')
    expect((await pool.query(alpha, read)).fields).toHaveLength(fields.length)
  })
})

test('a failing DO cannot leave a prepared statement behind', async () => {
  await setting.database.query('grant usage on language plpgsql to public')
  const text = `do $$ begin execute 'prepare evil as select 1'; raise exception 'no'; end $$`
  expect(await refusal(pool.query(alpha, { text }))).toMatchObject({ code: 'P0001' })
  expect(await pid()).not.toBe(before)
  await setting.database.query('revoke usage on language plpgsql from public')
})

test('a setting that is reported as changed ends the connection, where set_config is open', async () => {
  await setting.database.query('grant execute on function pg_catalog.set_config to public')
  const { rows } = await pool.query(alpha, { text: `select set_config('application_name', 'evil', false) as name` })
  expect(rows).toEqual([{ name: 'evil' }])
  expect(await pid()).not.toBe(before)
  await setting.database.query('revoke execute on function pg_catalog.set_config from public')
})

test('what is set for the role does not reach a session that says what it wants', async () => {
  await setting.database.query(`
    alter role database_service_role set standard_conforming_strings = off;
    alter role database_service_role set default_transaction_read_only = on;
    alter role database_service_role set search_path = evil;
    alter role database_service_role set row_security = off`)
  try {
    const fresh = setting.openPool()
    const { rows } = await fresh.query(alpha, {
      text: `select '\\' as backslash, current_setting('row_security') as row_security, current_setting('transaction_read_only') as read_only`,
    })
    expect(rows).toEqual([{ backslash: '\\', row_security: 'on', read_only: 'off' }])
  } finally {
    await setting.database.query('alter role database_service_role reset all')
  }
})
