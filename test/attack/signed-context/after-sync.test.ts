import { beforeAll, expect, test } from 'vitest'
import type { ContextPool } from '../../../src/engines/postgres/context/pool.ts'
import { claimsOf, createSetting, refusal, type Setting } from './setting.ts'

let setting: Setting
let pool: ContextPool

beforeAll(async () => {
  setting = await createSetting()
  pool = setting.openPool()
  await pool.query(claimsOf('alpha'), { text: `insert into users values ('a', 'a@alpha', 'free')` })
  await pool.query(claimsOf('beta'), { text: `insert into users values ('b', 'b@beta', 'free')` })
})

const settings = `select current_setting('app.context', true) as context, current_setting('app.current_company_id', true) as company,
  current_setting('app.current_user_id', true) as user_id, current_setting('search_path') as search_path,
  current_setting('statement_timeout') as statement_timeout, current_setting('work_mem') as work_mem,
  current_setting('transaction_read_only') as read_only`

/** A bare session that does what the pool's connection does, so that it can look at itself in between. */
async function exchange(messages: (sendEnter: (company: string) => void, send: (text: string) => void) => void) {
  const bare = await setting.bare()
  const connection = bare.client.connection as unknown as {
    parse(message: { name: string; text: string }): void
    bind(message: { values: string[] }): void
    execute(message: { rows: number }): void
    sync(): void
  }
  const ready = new Promise<string | undefined>((resolve) => {
    bare.client.query({
      failure: undefined as string | undefined,
      submit() {
        const send = (text: string, values: string[] = []): void => {
          connection.parse({ name: '', text })
          connection.bind({ values })
          connection.execute({ rows: 0 })
        }
        messages((company) => send('select dbsvc.enter($1)', [bare.token({ company })]), send)
        connection.sync()
      },
      handleDataRow() {},
      handleCommandComplete() {},
      handleRowDescription() {},
      handleReadyForQuery: () => resolve(undefined),
      handleError: (error: { code: string }) => bare.client.connection.once('readyForQuery', () => resolve(error.code)),
    } as never)
  })
  return { bare, failure: await ready }
}

const nothing = {
  context: '',
  company: '',
  user_id: '',
  search_path: '"$user", public',
  statement_timeout: '0',
  work_mem: '4MB',
  read_only: 'off',
}

test('after a Sync that ends a success, the context and everything set with it are gone', async () => {
  const { bare, failure } = await exchange((enter, send) => {
    enter('alpha')
    send('select * from users')
  })
  expect(failure).toBeUndefined()
  expect(await bare.rows(settings)).toEqual([nothing])
  expect(await refusal(bare.rows('select * from tenant_alpha.users'))).toMatchObject({ code: '42501' })
})

test('after a Sync that ends a failure, too', async () => {
  const { bare, failure } = await exchange((enter, send) => {
    enter('alpha')
    send('select 1 / 0')
  })
  expect(failure).toBe('22012')
  expect(await bare.rows(settings)).toEqual([nothing])
})

test('enter, ROLLBACK and SELECT in one group do not bring the company before back', async () => {
  const { bare, failure } = await exchange((enter, send) => {
    enter('alpha')
    send('select * from users')
    enter('beta')
    send('rollback')
    send('select * from tenant_alpha.users')
  })
  expect(failure).toBe('42501')
  expect((await bare.rows(settings))[0]).toMatchObject({ search_path: '"$user", public' })
})

test('enter, COMMIT and SELECT in one group leave no context behind', async () => {
  const { failure } = await exchange((enter, send) => {
    enter('alpha')
    send('commit')
    send('select * from tenant_alpha.users')
  })
  expect(failure).toBe('42501')
})

test('on one connection of the pool, each company sees its own, however the one before ended', async () => {
  const own = async (company: string): Promise<unknown> =>
    (await pool.query(claimsOf(company), { text: 'select user_id from users' })).rows
  for (let round = 0; round < 3; round += 1) {
    expect(await own('alpha')).toEqual([{ user_id: 'a' }])
    expect(await refusal(pool.query(claimsOf('alpha'), { text: 'select 1 / 0' }))).toMatchObject({ code: '22012' })
    expect(await own('beta')).toEqual([{ user_id: 'b' }])
    expect(await refusal(pool.query(claimsOf('beta', { user: '' }), { text: 'select 1' }))).toMatchObject({
      code: 'DBS-1601',
    })
    expect(await refusal(pool.query(claimsOf('nobody'), { text: 'select 1' }))).toMatchObject({ code: 'DBS-1203' })
  }
  expect(pool.counts()).toEqual({ open: 1, idle: 1, waiting: 0 })
})

test('the settings of a request are those that were signed', async () => {
  const limits = { statementTimeoutMs: 1_234, lockTimeoutMs: 567, workMemKb: 8_192, parallelWorkers: 0 }
  const { rows } = await pool.query(claimsOf('alpha', { limits, user: 'u', mode: 'read' }), {
    text: `${settings}, current_setting('lock_timeout') as lock_timeout, current_setting('app.current_service') as service,
      current_setting('max_parallel_workers_per_gather') as workers, current_setting('row_security') as row_security`,
  })
  expect(rows[0]).toMatchObject({
    company: 'alpha',
    user_id: 'u',
    service: 'attack',
    search_path: 'tenant_alpha, public, pg_temp',
    statement_timeout: '1234ms',
    lock_timeout: '567ms',
    work_mem: '8MB',
    workers: '0',
    read_only: 'on',
    row_security: 'on',
  })
})
