import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ContextPool } from '../../../src/engines/postgres/context/pool.ts'
import { claimsOf, createSetting, refusal, type Setting } from './setting.ts'

let setting: Setting
let pool: ContextPool

beforeAll(async () => {
  setting = await createSetting()
  pool = setting.openPool()
  await setting.database.query(`
    insert into market_data (company_id, symbol) select c, c || n from unnest(array['alpha', 'beta']) c, generate_series(1, 100) n`)
})

const alpha = claimsOf('alpha')
const pid = async (): Promise<unknown> =>
  (await pool.query(alpha, { text: 'select pg_backend_pid() as pid' })).rows[0]?.pid

let before: unknown
beforeEach(async () => {
  before = await pid()
})

async function all(text: string, pageSize: number): Promise<unknown[]> {
  const rows: unknown[] = []
  for await (const row of pool.stream(alpha, { text }, { pageSize })) rows.push(row)
  return rows
}

test.each([1, 3, 99, 100, 101, 1_000])('all rows of the company, by pages of %d', async (pageSize) => {
  const rows = await all('select company_id from market_data', pageSize)
  expect(rows).toEqual(Array(100).fill({ company_id: 'alpha' }))
  expect(await pid()).toBe(before)
})

test('no rows at all', async () => {
  expect(await all('select 1 where false', 10)).toEqual([])
})

test('the server reads no further than the pages asked for', async () => {
  const stream = pool.stream(
    alpha,
    { text: 'select n, 1 / (25 - n) as x from (select generate_series(1, 1000000000) as n) s' },
    { pageSize: 10 },
  )
  const seen: unknown[] = []
  const failed = await refusal(
    (async () => {
      for await (const row of stream) seen.push(row.n)
    })(),
  )
  expect(failed).toMatchObject({ code: '22012' })
  expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
  expect(await pid()).toBe(before)
})

describe('a page of large rows', () => {
  const large = { text: `select n, repeat('x', 1000000) as x from generate_series(1, 40) n` }

  test('is never held as a whole', async () => {
    const parts: number[] = []
    for await (const rows of pool.pages<{ n: number }>(alpha, large, { pageSize: 1_000, pageBytes: 2_500_000 })) {
      parts.push(rows.length)
    }
    expect(parts.reduce((sum, rows) => sum + rows, 0)).toBe(40)
    expect(Math.max(...parts)).toBeLessThanOrEqual(4)
    expect(await pid()).toBe(before)
  })

  test.each([1, 7, 40])('that ends with a part of it, by pages of %d', async (pageSize) => {
    let rows = 0
    for await (const part of pool.pages(alpha, large, { pageSize, pageBytes: 1 })) rows += part.length
    expect(rows).toBe(40)
    expect(await pid()).toBe(before)
  })

  test('left in the middle takes its connection with it', async () => {
    for await (const _ of pool.pages(alpha, large, { pageSize: 1_000, pageBytes: 1 })) break
    expect(await pid()).not.toBe(before)
  })
})

describe('leaving early', () => {
  test.each([1, 3, 4, 5])('after row %d of pages of 3 gives the connection back as it was', async (count) => {
    let seen = 0
    for await (const _ of pool.stream(alpha, { text: 'select generate_series(1, 1000000000) as n' }, { pageSize: 3 })) {
      seen += 1
      if (seen === count) break
    }
    expect(await pid()).toBe(before)
    expect((await pool.query(claimsOf('beta'), { text: 'select distinct company_id from market_data' })).rows).toEqual([
      { company_id: 'beta' },
    ])
  })

  test('by an error in the loop', async () => {
    const loop = async (): Promise<void> => {
      for await (const _ of pool.stream(alpha, { text: 'select 1' }, { pageSize: 3 })) throw new Error('enough')
    }
    await expect(loop()).rejects.toThrow('enough')
    expect(await pid()).toBe(before)
  })

  test('before the first row takes no connection', async () => {
    const stream = pool.stream(alpha, { text: 'select 1' }, { pageSize: 3 })
    await stream.return()
    expect(pool.counts().idle).toBe(1)
  })
})

describe('a reader that takes too long', () => {
  test('is cut off, and the connection is destroyed', async () => {
    const stream = pool.stream(alpha, { text: 'select generate_series(1, 100) as n' }, { pageSize: 2, readerMs: 100 })
    expect((await stream.next()).value).toEqual({ n: 1 })
    await delay(250)
    expect(pool.counts().open).toBe(0)
    // The page that had arrived is not taken away from it.
    expect((await stream.next()).value).toEqual({ n: 2 })
    expect(await refusal(stream.next())).toMatchObject({ code: '57014' })
    expect(await pid()).not.toBe(before)
  })

  test('is cut off even when it never comes back', async () => {
    const stream = pool.stream(alpha, { text: 'select generate_series(1, 100) as n' }, { pageSize: 2, readerMs: 100 })
    await stream.next()
    expect(await pid()).not.toBe(before)
  })

  test('holds the statement for no longer than its tier allows', async () => {
    const short = claimsOf('alpha', { limits: { ...alpha.limits, statementTimeoutMs: 300 } })
    const stream = pool.stream(short, { text: 'select generate_series(1, 100) as n' }, { pageSize: 1 })
    const slow = (async () => {
      for await (const _ of stream) await delay(50)
    })()
    expect(await refusal(slow)).toMatchObject({ code: '57014' })
    expect((await pool.query(alpha, { text: 'select 1 as one' })).rows).toEqual([{ one: 1 }])
  })
})

describe('a stream', () => {
  test.each([
    ['cannot write', `insert into market_data (company_id, symbol) values ('alpha', 'x') returning id`, '25006'],
    ['fails with a statement that cannot be parsed', 'selec 1', '42601'],
    ['fails with a failing statement', 'select 1 / 0', '22012'],
    ['is no way around the command tags', 'set work_mem = 64', 'DBS-1604'],
    ['does not copy', 'copy (select 1) to stdout', 'DBS-1604'],
    ['does not begin', 'begin', 'DBS-1604'],
    ['does not fetch', 'declare c cursor with hold for select 1', 'DBS-1604'],
  ])('%s', async (_, text, code) => {
    expect(await refusal(all(text, 10))).toMatchObject({ code })
    expect((await pool.query(claimsOf('beta'), { text: 'select 1 as one' })).rows).toEqual([{ one: 1 }])
  })

  test('can be cancelled while it waits for a page', async () => {
    const stream = pool.stream(
      alpha,
      { text: 'select pg_sleep(10)' },
      { pageSize: 1, signal: AbortSignal.timeout(100) },
    )
    await expect(stream.next()).rejects.toThrow(/timeout/)
    expect((await pool.query(alpha, { text: 'select 1 as one' })).rows).toEqual([{ one: 1 }])
  })

  test('of a prepared statement reads the same rows', async () => {
    for (let round = 0; round < 3; round += 1) {
      const rows: unknown[] = []
      const statement = {
        text: 'select symbol from market_data limit $1',
        values: [7],
        prepare: true,
        rowMode: 'array',
      } as const
      for await (const row of pool.stream(alpha, statement, { pageSize: 5 })) rows.push(row)
      expect(rows).toHaveLength(7)
      expect(rows[0]).toBeInstanceOf(Array)
    }
  })
})
