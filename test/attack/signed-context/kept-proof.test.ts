import pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Bare, createSetting, refusal, type Setting } from './setting.ts'

let setting: Setting
let bare: Bare

beforeAll(async () => {
  setting = await createSetting()
  await setting.database.query(
    `insert into market_data (company_id, symbol) values ('alpha', 'EURUSD'), ('beta', 'GBPUSD')`,
  )
  bare = await setting.bare()
})

const kept = async (): Promise<string> => {
  const [row] = await bare.rows<{ kept: string }>(`select current_setting('backtrace_functions') as kept`)
  return row?.kept ?? ''
}
const symbols = async (): Promise<string[]> =>
  (await bare.rows<{ symbol: string }>('select symbol from market_data')).map(({ symbol }) => symbol)
const forgedContext = (): string => `set local app.context = '${bare.token().replace('alpha', 'beta')}'`
const becomeBeta = `set local app.current_company_id = 'beta'`

describe('what enter has verified', () => {
  test('is kept to the end of the transaction', async () => {
    await bare.entered({ user: 'u 1' }, async () => {
      expect(await kept()).toBe(`dbsvc alpha ${Buffer.from('u 1').toString('hex')}`)
    })
    expect(await kept()).not.toContain('dbsvc')
    expect(await refusal(symbols())).toMatchObject({ constraint: 'dbsvc_context_missing' })
  })

  test('goes with the savepoint that it came after', async () => {
    await bare.client.query('begin; savepoint s')
    await bare.client.query('select dbsvc.enter($1)', [bare.token()])
    expect(await symbols()).toEqual(['EURUSD'])
    await bare.client.query('rollback to s')
    expect(await kept()).not.toContain('dbsvc')
    expect(await refusal(symbols())).toMatchObject({ constraint: 'dbsvc_context_missing' })
    await bare.client.query('rollback')
  })

  test('stands, whatever the session puts into the settings that are its own', async () => {
    await bare.entered({}, async () => {
      await bare.client.query(`${forgedContext()}; ${becomeBeta}`)
      expect(await bare.rows('select dbsvc.current_company() as company')).toEqual([{ company: 'alpha' }])
      expect(await symbols()).toEqual([])
    })
  })

  test.each([
    `set backtrace_functions = 'dbsvc beta '`,
    `set local backtrace_functions to 'dbsvc beta '`,
    'reset backtrace_functions',
    `select set_config('backtrace_functions', 'dbsvc beta ', true)`,
    `update pg_settings set setting = 'dbsvc beta ' where name = 'backtrace_functions'`,
    `alter role current_user set backtrace_functions = 'dbsvc beta '`,
    `alter database postgres set backtrace_functions = 'dbsvc beta '`,
    `alter system set backtrace_functions = 'dbsvc beta '`,
  ])('cannot be written by %s', async (sql) => {
    await bare.client.query('begin')
    expect(await refusal(bare.rows(sql))).toMatchObject({ code: expect.stringMatching(/^(42501|25001)$/) })
    await bare.client.query('rollback')
    expect(await kept()).not.toContain('dbsvc')
  })

  test('cannot be brought along by a connection', async () => {
    const { host, port, database } = setting.database
    const client = new pg.Client({
      host,
      port,
      database,
      user: 'database_service_role',
      password: setting.schema.servicePassword,
      options: '-c backtrace_functions=dbsvc\\ beta\\ ',
    })
    expect(await refusal(client.connect())).toMatchObject({ code: '42501' })
  })
})

test('where it may not be kept, each table verifies the token again', async () => {
  await setting.database.query('revoke set on parameter backtrace_functions from dbsvc_keeper')
  try {
    await bare.entered({ user: 'u1' }, async () => {
      expect(await kept()).not.toContain('dbsvc')
      expect(await bare.rows('select dbsvc.current_company() as company, dbsvc.current_user_id() as user_id')).toEqual([
        { company: 'alpha', user_id: 'u1' },
      ])
      expect(await symbols()).toEqual(['EURUSD'])
      await bare.client.query(becomeBeta)
      expect(await symbols()).toEqual([])
      await bare.client.query(forgedContext())
      expect(await refusal(symbols())).toMatchObject({ constraint: 'dbsvc_context_forged' })
    })
  } finally {
    await setting.database.query('grant set on parameter backtrace_functions to dbsvc_keeper')
  }
})
