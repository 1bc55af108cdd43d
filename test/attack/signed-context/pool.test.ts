import { beforeAll, describe, expect, test } from 'vitest'
import { claimsOf, createSetting, refusal, type Setting } from './setting.ts'

let setting: Setting

beforeAll(async () => {
  setting = await createSetting()
  for (const company of ['alpha', 'beta']) {
    await setting.database.query(`
      insert into tenant_${company}.users select '${company}' || n, n || '@${company}', 'free' from generate_series(1, 50) n;
      insert into market_data (company_id, symbol) select '${company}', '${company}' from generate_series(1, 50)`)
  }
})

const alpha = claimsOf('alpha')
const one = { text: 'select 1 as one' }
const pidOf = { text: 'select pg_backend_pid() as pid' }

test('thousands of mixed requests on few connections never see a foreign row', async () => {
  const pool = setting.openPool({ max: 4, recycleAfterCompanies: 3 })
  const statements = [
    'select user_id as owner from users',
    'select company_id as owner from market_data',
    'select symbol as owner from market_data, pg_sleep(0.001)',
    'select 1 / 0 as owner from users',
    'select user_id as owner from users where false',
  ]
  let seen = 0
  const client = async (n: number): Promise<void> => {
    for (let round = 0; round < 60; round += 1) {
      const company = (n + round) % 2 === 0 ? 'alpha' : 'beta'
      const text = statements[(n * 7 + round) % statements.length] ?? ''
      const statement = { text, prepare: round % 2 === 0 }
      const request =
        round % 7 === 3
          ? pool.batch(claimsOf(company), [statement, statement]).then(([result]) => result?.rows ?? [])
          : pool.query(claimsOf(company), statement).then((result) => result.rows)
      const [rows] = await Promise.all([
        request.catch((error: { code: string }) => {
          expect(error.code).toBe('22012')
          return []
        }),
        round % 11 === 5 && pool.query(claimsOf(company), { text: 'set work_mem = 64' }).catch(() => {}),
      ])
      expect(rows.every((row) => String(row.owner).startsWith(company))).toBe(true)
      seen += rows.length
    }
  }
  await Promise.all(Array.from({ length: 16 }, (_, n) => client(n)))
  expect(seen).toBeGreaterThan(5_000)
  expect(pool.counts().open).toBeLessThanOrEqual(4)
})

describe('waiting for a connection', () => {
  test('has an end', async () => {
    const pool = setting.openPool({ waitMs: 150 })
    // To open a connection may take longer than that; it is there for the next all the same.
    await expect.poll(() => pool.query(alpha, one).then(({ rows }) => rows, refusal)).toEqual([{ one: 1 }])
    const patient = claimsOf('alpha', { limits: { ...alpha.limits, statementTimeoutMs: 100_000 } })
    const held = pool.stream(patient, { text: 'select generate_series(1, 3) as n' }, { pageSize: 1, readerMs: 100_000 })
    expect((await held.next()).value).toEqual({ n: 1 })
    expect(await refusal(pool.query(alpha, one))).toMatchObject({ code: 'DBS-2302' })
    expect(await refusal(pool.query(claimsOf('beta'), one))).toMatchObject({ code: 'DBS-2301' })
    await held.return()
    expect((await pool.query(alpha, one)).rows).toEqual([{ one: 1 }])
  })

  test('is over as soon as one is free, in the order of arrival', async () => {
    const pool = setting.openPool()
    const order: number[] = []
    await Promise.all([1, 2, 3, 4].map((n) => pool.query(alpha, one).then(() => order.push(n))))
    expect(order).toEqual([1, 2, 3, 4])
  })

  test('is over when the one in use was destroyed', async () => {
    const pool = setting.openPool()
    const results = await Promise.allSettled([
      pool.query(alpha, { text: 'begin' }),
      pool.query(alpha, one),
      pool.query(alpha, { text: 'listen x' }),
      pool.query(alpha, one),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled'])
  })
})

describe('a connection', () => {
  test('is replaced after it served so many companies', async () => {
    const pool = setting.openPool({ recycleAfterCompanies: 2 })
    const pids: unknown[] = []
    for (const company of ['alpha', 'alpha', 'beta', 'alpha', 'alpha', 'beta']) {
      pids.push((await pool.query(claimsOf(company), pidOf)).rows[0]?.pid)
    }
    expect(pids.slice(0, 3)).toEqual(Array(3).fill(pids[0]))
    expect(pids[3]).not.toBe(pids[0])
    expect(pids.slice(3)).toEqual(Array(3).fill(pids[3]))
  })

  test('that the server ends while idle is replaced', async () => {
    const pool = setting.openPool()
    const [row] = (await pool.query(alpha, pidOf)).rows
    await setting.database.query('select pg_terminate_backend($1)', [row?.pid])
    await expect.poll(() => pool.counts().open).toBe(0)
    expect((await pool.query(alpha, one)).rows).toEqual([{ one: 1 }])
  })

  test('that the server ends while working fails its request only', async () => {
    const pool = setting.openPool()
    const [row] = (await pool.query(alpha, pidOf)).rows
    const request = pool.query(alpha, { text: 'select pg_sleep(20)' })
    const failed = refusal(request)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await setting.database.query('select pg_terminate_backend($1)', [row?.pid])
    expect(await failed).toMatchObject({ code: 'DBS-1105' })
    expect((await pool.query(alpha, one)).rows).toEqual([{ one: 1 }])
  })

  test('whose clock has drifted is replaced, and the request succeeds', async () => {
    const pool = setting.openPool({ ttlMs: 1_000 })
    await pool.query(alpha, one)
    const clock = performance.now
    const before = (await pool.query(alpha, pidOf)).rows[0]?.pid
    performance.now = () => clock.call(performance) - 3_600_000
    try {
      const after = (await pool.query(alpha, pidOf)).rows[0]?.pid
      expect(after).not.toBe(before)
    } finally {
      performance.now = clock
    }
  })
})

describe('a server that cannot be used', () => {
  test('wrong password', async () => {
    expect(await refusal(setting.openPool({ password: 'wrong' }).query(alpha, one))).toMatchObject({ code: 'DBS-1102' })
  })

  test('no such database', async () => {
    expect(await refusal(setting.openPool({ database: 'nowhere' }).query(alpha, one))).toMatchObject({
      code: 'DBS-1102',
    })
  })

  test('nobody listens', async () => {
    expect(await refusal(setting.openPool({ port: 1 }).query(alpha, one))).toMatchObject({ code: 'DBS-1101' })
  })
})

test('a life longer than the longest is not signed', async () => {
  const pool = setting.openPool({ ttlMs: 3_600_000 })
  const { rows } = await pool.query(alpha, {
    text: `select split_part(current_setting('app.context'), '.', 13)::numeric - extract(epoch from now()) * 1000 as life`,
  })
  expect(Number(rows[0]?.life)).toBeLessThanOrEqual(60_050)
})

test('values come as pg’s own types do', async () => {
  const pool = setting.openPool()
  const { rows, fields } = await pool.query(alpha, {
    text: `select $1::int as a, $2::timestamptz as b, $3::jsonb as c, $4::bytea as d, $5::text[] as e, $6::bool as f, null as g, $7::int8 as h`,
    values: [1, new Date(0), { x: [1] }, Buffer.from('y'), ['p', null, '"q"'], true, '9007199254740993'],
  })
  expect(rows).toEqual([
    {
      a: 1,
      b: new Date(0),
      c: { x: [1] },
      d: Buffer.from('y'),
      e: ['p', null, '"q"'],
      f: true,
      g: null,
      h: '9007199254740993',
    },
  ])
  expect(fields.map(({ name }) => name).join('')).toBe('abcdefgh')
})

test('closed, it waits for what is under way and refuses what is new', async () => {
  const pool = setting.openPool()
  const running = pool.query(alpha, { text: 'select pg_sleep(0.2), 1 as one' })
  await new Promise((resolve) => setTimeout(resolve, 50))
  const closed = pool.close()
  expect((await running).rows[0]?.one).toBe(1)
  await closed
  expect(await refusal(pool.query(alpha, one))).toMatchObject({ code: 'DBS-1101' })
})
