import { beforeAll, describe, expect, test } from 'vitest'
import { type Bare, createSetting, refusal, type Setting } from './setting.ts'

let setting: Setting

beforeAll(async () => {
  setting = await createSetting()
})

const reads = [
  'select * from tenant_alpha.users',
  `select * from tenant_alpha.users where user_id = 'u7'`,
  'select count(*) from tenant_alpha.users',
  'select exists (select from tenant_alpha.users)',
  'select * from tenant_alpha.users order by created_at limit 1',
  'select * from tenant_alpha.trading_signals',
  'select * from market_data',
  'select count(*) from market_data',
  `select * from market_data where symbol = 'S1'`,
  'select * from market_data where id = 7',
  'select * from market_data order by timestamp desc limit 1',
  `select * from trading_ticks where symbol = 'S1'`,
  'select * from trading_ticks',
  `update tenant_alpha.users set email = 'x@y'`,
  'delete from tenant_alpha.trading_signals',
  `update market_data set symbol = 'X'`,
  'delete from market_data',
  'delete from trading_ticks',
  `insert into tenant_alpha.users values ('x', 'x@y', 'free')`,
  `insert into market_data (company_id, symbol) values ('alpha', 'X')`,
  `insert into trading_ticks (time, company_id, user_id, symbol) values (now(), 'alpha', 'u1', 'X')`,
]

async function insertRows(): Promise<void> {
  await setting.database.query(`
    insert into tenant_alpha.users (user_id, email, subscription_tier)
      select 'u' || n, 'u' || n || '@alpha', 'free' from generate_series(1, 2000) n on conflict do nothing;
    insert into tenant_alpha.trading_signals (signal_id, user_id, symbol, signal_type)
      values ('s', 'u1', 'EURUSD', 'buy') on conflict do nothing;
    insert into market_data (company_id, symbol) select 'alpha', 'S' || n % 10 from generate_series(1, 2000) n;
    insert into private_shared.trading_ticks (time, company_id, user_id, symbol)
      select now() + n * interval '1 second', 'alpha', 'u1', 'S' || n % 10 from generate_series(1, 2000) n;`)
  await setting.database.query('analyze')
}

describe('without a context every statement raises, and never shows 0 rows or NULL', () => {
  const settings: [string, string][] = [
    ['in a fresh session', 'select 1'],
    ['with the company named by hand', `set app.current_company_id = 'alpha'`],
    ['with the empty company that a past transaction leaves', `set app.current_company_id = ''`],
    ['with another company named', `set app.current_company_id = 'beta'`],
    ['without indexes', `set app.current_company_id = ''; set enable_indexscan = off; set enable_bitmapscan = off`],
    ['without sequential scans', `set app.current_company_id = ''; set enable_seqscan = off`],
  ]
  test.each(settings)('%s', async (_, prelude) => {
    await insertRows()
    const bare: Bare = await setting.bare()
    await bare.client.query(prelude)
    const quiet: string[] = []
    for (const sql of reads) {
      const outcome = await bare.rows(sql).then(
        (rows) => `${sql}: ${JSON.stringify(rows)}`,
        (error: { code: string }) => (['42501', '42704', '44000'].includes(error.code) ? '' : `${sql}: ${error.code}`),
      )
      if (outcome !== '') quiet.push(outcome)
    }
    expect(quiet).toEqual([])
  })

  test('also in the session of a company that was served before', async () => {
    await insertRows()
    const bare = await setting.bare()
    await bare.entered({}, async () => expect(await bare.rows('select * from users limit 1')).toHaveLength(1))
    for (const sql of reads) {
      expect((await refusal(bare.rows(sql))).code, sql).toMatch(/^(42501|44000)$/)
    }
  })
})

test('a company named in the text and not in the setting is no match before it comes to the proof', async () => {
  await insertRows()
  const bare = await setting.bare()
  await bare.client.query(`set app.current_company_id = 'beta'`)
  expect(await bare.rows(`select * from market_data where company_id = 'alpha' and symbol = 'S1'`)).toEqual([])
  await bare.client.query(`set app.current_company_id = 'alpha'`)
  expect(
    await refusal(bare.rows(`select * from market_data where company_id = 'alpha' and symbol = 'S1'`)),
  ).toMatchObject({ constraint: 'dbsvc_context_missing' })
})

test('the functions themselves raise', async () => {
  const bare = await setting.bare()
  for (const name of ['current_company', 'current_user_id']) {
    expect(await refusal(bare.rows(`select dbsvc.${name}()`))).toMatchObject({
      code: '42501',
      constraint: 'dbsvc_context_missing',
    })
  }
})

test('in parallel plans too, with every row counted and none twice', async () => {
  await insertRows()
  const bare = await setting.bare()
  const force = `set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0; set local min_parallel_table_scan_size = 0;
    set local min_parallel_index_scan_size = 0; set local max_parallel_workers_per_gather = 4; set local debug_parallel_query = on`
  const count = async (sql: string): Promise<number> => Number((await bare.rows<{ count: string }>(sql))[0]?.count)
  const [total] = await setting.database.query<{ count: string }>(
    `select count(*) from market_data where company_id = 'alpha'`,
  )
  await setting.database.query(
    `insert into market_data (company_id, symbol) select 'beta', 'S1' from generate_series(1, 500)`,
  )
  await bare.entered({}, async () => {
    await bare.client.query(force)
    expect(await count('select count(*) from users')).toBe(2_000)
    expect(await count('select count(*) from users a join users b using (user_id)')).toBe(2_000)
    expect(await count('select count(*) from market_data')).toBe(Number(total?.count))
    const plan = await bare.rows<{ 'QUERY PLAN': string }>('explain select count(*) from users')
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('Gather')
  })
  expect(await refusal(bare.rows(`${force}; select count(*) from tenant_alpha.users`))).toMatchObject({ code: '42501' })
})
