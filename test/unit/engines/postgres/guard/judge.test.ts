import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DbsvcError } from '../../../../../src/core/errors/error.ts'
import { type Judgement, judgeStatement } from '../../../../../src/engines/postgres/guard/judge.ts'
import type { Surroundings, Volatility } from '../../../../../src/engines/postgres/guard/surroundings.ts'
import { allowed } from './allowed.ts'
import { given } from './given.ts'
import { refused } from './refused.ts'

const judge = (sql: string): Judgement => judgeStatement(sql, given)

function refusal(sql: string): string {
  try {
    return `allowed: ${JSON.stringify(judge(sql))}`
  } catch (error) {
    if (error instanceof DbsvcError) return error.code
    throw error
  }
}

describe.each(Object.entries(allowed))('allows %s', (_, statements) => {
  test.each(statements)('%s', (sql) => void judge(sql))
})

describe.each(Object.entries(refused))('refuses %s', (_, statements) => {
  test.each(statements)('%s', (sql) => expect(refusal(sql)).toBe('DBS-2202'))
})

describe('verdict', () => {
  const cases: [string, Partial<Judgement>][] = [
    ['select * from users', { verb: 'read', reads: ['users'], writes: [], cacheable: true }],
    ['select * from public.market_data', { reads: ['public.market_data'] }],
    ['select * from market_data', { reads: ['public.market_data'] }],
    ['select * from tenant_company_abc.users u join market_data m on true', { reads: ['public.market_data', 'users'] }],
    ['select now()', { cacheable: false }],
    ['select current_date', { cacheable: false }],
    ['select random()', { cacheable: false }],
    [`select 'now'::timestamptz`, { cacheable: false }],
    [`select timestamp 'today'`, { cacheable: false }],
    [`select current_setting('app.current_company_id')`, { cacheable: false }],
    ['select * from summary', { cacheable: false }],
    ['select margin_of(1)', { cacheable: true, verb: 'read' }],
    ['select balance_of(1)', { cacheable: false, verb: 'read' }],
    ['select u.balance_of from users u', { cacheable: false, verb: 'read' }],
    ['select u.close_all from users u', { verb: 'write', writes: [] }],
    ['select (u).close_all from users u', { verb: 'write', writes: [] }],
    ['select close_all from users', { verb: 'read', cacheable: true }],
    ['select close_all()', { cacheable: false, verb: 'write' }],
    ['select * from users for update', { verb: 'write', writes: [], cacheable: false }],
    ['select * from users for key share', { verb: 'write' }],
    ['select * from (select * from users for share) u', { verb: 'write' }],
    ['insert into users values (1)', { verb: 'write', writes: ['users', 'mt5_accounts', 'trading_history'] }],
    ['with gone as (delete from users returning *) select * from gone', { verb: 'write', cacheable: false }],
    ['with users as (select 1) select * from users', { verb: 'read', reads: ['users'] }],
    ['insert into users select close_all()', { verb: 'write', writes: [] }],
    ['update configurations set a = 1', { verb: 'write', writes: [] }],
    ['update market_data set symbol = $1', { verb: 'write', writes: ['public.market_data'] }],
    ['merge into users u using market_data m on true when matched then delete', { verb: 'write' }],
  ]
  test.each(cases)('%s', (sql, expected) => {
    const found = judge(sql)
    expect({ ...found, reads: [...found.reads].sort() }).toMatchObject(expected)
  })
})

describe("a company's function of a name that PostgreSQL has, or has in later versions", () => {
  const names =
    'any_value json_array json_exists json_object json_query json_scalar json_serialize json_value lower uuidv7'
  const withOwn: Surroundings = {
    ...given,
    functions: new Map(names.split(' ').map((name): [string, Volatility] => [name, 'volatile'])),
  }
  test.each([
    'select any_value(1)',
    'select uuidv7()',
    'select lower(row(1))',
    'select tenant_company_abc.lower(1)',
    'select json_array(1)',
    `select json_exists('{}', '$.a')`,
    `select json_query('{}', '$.a')`,
    `select json_value('{}', '$.a')`,
    'select json_object()',
    'select json_scalar(1)',
    `select json_serialize('1')`,
  ])('%s may be a call of it', (sql) => {
    expect(judge(sql.replace('tenant_company_abc.', '')).verb).toBe('read')
    expect(judgeStatement(sql, withOwn)).toMatchObject({ verb: 'write', writes: [], cacheable: false })
  })

  test('is not meant where the schema is named', () => {
    expect(judgeStatement('select pg_catalog.lower($1)', withOwn)).toMatchObject({ verb: 'read', cacheable: true })
  })
})

describe('malformed statements', () => {
  test.each([
    ['selec 1', 1],
    ['select 1 form users form', 15],
    [`select 'ä😀' ä ä ä`, 15],
    ['select "', 8],
    [`select '\ud800', pg_sleep(1), ''`, 9],
    ['select 1\0; drop table users', 9],
  ])('%s is refused at character %i', (sql, position) => {
    expect(() => judge(sql)).toThrow(
      expect.objectContaining({ code: 'DBS-2201', details: expect.objectContaining({ position }) }),
    )
  })
})

describe('what is nested deep', () => {
  const shapes: Record<string, (count: number) => string> = {
    brackets: (n) => `select ${'('.repeat(n)}1${')'.repeat(n)}`,
    subqueries: (n) => `select ${'(select '.repeat(n)}1${')'.repeat(n)}`,
    sums: (n) => `select ${'1+'.repeat(n)}1`,
    negations: (n) => `select ${'not '.repeat(n)}true`,
    signs: (n) => `select ${'- '.repeat(n)}1`,
    casts: (n) => `select 1${'::int'.repeat(n)}`,
    unions: (n) => `select 1, 2${' union select 1, 2'.repeat(n)}`,
    joins: (n) => `select 1 from users${' join users on (1,2)=(1,2)'.repeat(n)}`,
    cases: (n) => `select ${'case when '.repeat(n)}true${' then 1 end'.repeat(n)}`,
    arrays: (n) => `select ${'array['.repeat(n)}1${']'.repeat(n)}`,
    quoted: (n) => `select ${`')'||(`.repeat(n)}1${')'.repeat(n)}`,
  }
  test.each(Object.entries(shapes))('%s end in a verdict or a refusal, however many', (_, shape) => {
    for (const count of [100, 300, 1_000, 10_000, 60_000]) {
      expect(['DBS-2202', 'DBS-2201', 'allowed']).toContain(refusal(shape(count)).split(':')[0])
    }
    expect(judge('select 1').verb).toBe('read')
  })
  test('the parser lives through the deepest that it is given', () => {
    for (let round = 0; round < 200; round++) {
      for (const shape of Object.values(shapes)) {
        const unit = shape(1).length
        refusal(shape(Math.floor(4_000 / unit)))
      }
    }
    expect(judge('select 1').verb).toBe('read')
  })
  test('long lists of rows are taken', () => {
    const rows = Array.from({ length: 5_000 }, (_, row) => `($${row * 2 + 1}, $${row * 2 + 2})`)
    expect(judge(`insert into users values ${rows.join(', ')}`).verb).toBe('write')
  })
})

test('whatever the text, there is a verdict or a refusal', () => {
  const word = fc.constantFrom(
    ..."select from where users market_data pg_class ( ) , ; * 1 $1 'a' \"b\" insert into update set delete with as x for :: regclass U&'\\0061' -- /* */ lateral values".split(
      ' ',
    ),
  )
  const sql = fc.oneof(
    fc.array(word, { maxLength: 25 }).map((words) => words.join(' ')),
    fc.string({ unit: 'binary', maxLength: 80 }),
  )
  fc.assert(
    fc.property(sql, (text) => {
      expect(['DBS-2201', 'DBS-2202', 'allowed']).toContain(refusal(text).split(':')[0])
    }),
    { numRuns: 2_000 },
  )
})

test('a refused call is refused wherever it stands', () => {
  const calls = [
    `pg_sleep(1)`,
    `set_config('a','b',true)`,
    `'users'::regclass`,
    '(select 1 from pg_class)',
    `dbsvc.enter('')`,
  ]
  const places: ((call: string) => string)[] = [
    (c) => `select ${c}`,
    (c) => `select 1 where ${c} is null`,
    (c) => `select 1 order by ${c}`,
    (c) => `select count(*) filter (where ${c} is null) from users`,
    (c) => `select sum(1) over (partition by ${c}) from users`,
    (c) => `select 1 limit ${c}`,
    (c) => `select case when true then ${c} end`,
    (c) => `select array[${c}]`,
    (c) => `select row(${c})`,
    (c) => `select coalesce(${c})`,
    (c) => `select greatest(${c})`,
    (c) => `select exists (select ${c})`,
    (c) => `select 1 from users join market_data on ${c} is null`,
    (c) => `select 1 group by rollup (${c})`,
    (c) => `values (${c})`,
    (c) => `with x as (select ${c}) select 1`,
    (c) => `insert into users values (${c})`,
    (c) => `insert into users values (1) on conflict (id) do update set id = ${c}`,
    (c) => `update users set id = ${c}`,
    (c) => `delete from users where ${c} is null returning ${c}`,
    (c) => `merge into users u using market_data m on ${c} is null when matched then delete`,
    (c) => `select json_object('a': ${c})`,
    (c) => `select * from unnest(array[${c}])`,
    (c) => `select (array[1])[${c}]`,
    (c) => `select abs(${c}) union select 2`,
    (c) => `select 1 as "${'x'}" from lateral (select ${c}) y`,
  ]
  for (const place of places)
    for (const call of calls) expect([place(call), refusal(place(call))]).toEqual([place(call), 'DBS-2202'])
})
