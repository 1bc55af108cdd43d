import { expect, test } from 'vitest'
import type { EngineName } from '../../../../src/core/engine.ts'
import type { Category } from '../../../../src/core/routing/category.ts'
import { routeOf } from '../../../../src/core/routing/route.ts'
import { tableHomes } from '../../../../src/core/routing/table-homes.ts'

const homes = tableHomes(
  new Map<EngineName, string[]>([
    ['postgres', ['create table users (id text)', 'create table trading_history (id text)']],
    ['clickhouse', ['create table signal_daily (day Date)', 'CREATE TABLE IF NOT EXISTS trading_history (id String)']],
  ]),
)

const route = (text: string, database: EngineName | null = null, category: Category | null = null) =>
  routeOf({ database, category, text }, homes)

test('a database that is named is asked, whatever the statement speaks of', () => {
  expect(route('select * from signal_daily', 'postgres')).toEqual({ engine: 'postgres', category: 'A' })
  expect(route('select 1', 'clickhouse')).toEqual({ engine: 'clickhouse', category: 'B' })
})

test('a category is served by its database', () => {
  const engines = (['A', 'B', 'C', 'D'] as const).map((category) => route('select 1', null, category).engine)
  expect(engines).toEqual(['postgres', 'clickhouse', 'weaviate', 'arango'])
})

test('database and category may both be named where they belong together', () => {
  expect(route('', 'dragonfly', 'A')).toEqual({ engine: 'dragonfly', category: 'A' })
})

test('a database that does not serve the category is refused, with those that do', () => {
  expect(() => route('select 1', 'postgres', 'B')).toThrow(
    expect.objectContaining({
      code: 'DBS-2341',
      message: 'category B is served by clickhouse, not by postgres',
    }),
  )
})

test('tables that ClickHouse alone has are asked there', () => {
  expect(route('select sum(n) from signal_daily').engine).toBe('clickhouse')
  expect(route('with w as (select 1) select * from w join "signal_daily" using (x)').engine).toBe('clickhouse')
  expect(route('select * from tenant_company_abc . Signal_Daily').engine).toBe('clickhouse')
})

test('tables that both have, or neither, stay with PostgreSQL', () => {
  expect(route('select * from trading_history')).toEqual({ engine: 'postgres', category: 'A' })
  expect(route('select * from nowhere').engine).toBe('postgres')
})

test('the language tells too', () => {
  expect(route('select {p1:UInt64}').engine).toBe('clickhouse')
  expect(route('FOR u IN users FILTER u.x == @x RETURN u')).toEqual({ engine: 'arango', category: 'D' })
  expect(route('{ Get { TradingPatterns { name } } }').engine).toBe('weaviate')
})

test('what stands in strings and comments does not', () => {
  const texts = [
    `select 'from signal_daily', '{p1:UInt64}' from users`,
    'select 1 -- from signal_daily',
    'select 1 /* from signal_daily */',
    'select $x$ from signal_daily $x$, $$ prewhere $$',
    `select '{"a":1}'::jsonb`,
  ]
  expect(texts.map((text) => route(text).engine)).toEqual(texts.map(() => 'postgres'))
})

test('hostile text is read once', () => {
  const million = 1_000_000
  const texts = ["'", '/*', '$a$', '$$', 'from ', '{a:A', '"', '{', 'from a.', '-- ', 'from "'].map((part) =>
    part.repeat(million / part.length),
  )
  const before = process.cpuUsage()
  for (const text of texts) route(text)
  // The machine may be busy with other things.
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1_000).toBeLessThan(2_000)
})
