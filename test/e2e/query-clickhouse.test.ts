import { beforeAll, expect, test } from 'vitest'
import { describeEngine } from '../support/engines.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { ownDirectory } from '../support/shared-server.ts'
import { askChdb, commandChdb } from './support/chdb.ts'
import { givenOrders } from './support/given.ts'

// Names that begin alike.
const company = 'ab'
const victim = 'ab_c'

// Each reads the canary where nothing stands before chDB, which has no users.
const reading = [
  'select note from tenant_ab_c.sums',
  'select note from `tenant_ab_c`.`sums`',
  'select note from "tenant_ab_c" /* x */ . sums',
  'select note from `\\x74enant_ab_c`.sums',
  'select note from “tenant_ab_c”.sums',
  'select note from shared.everyones',
  'select note from `shared` . everyones',
  "select note from merge('tenant_ab_c', 'sums')",
  "select note from merge(REGEXP('tenant_.*'), 'sums')",
  'select (select note from tenant_ab_c.sums)',
  'with x as (select note from tenant_ab_c.sums) select * from x',
  'select note from sums union all select note from tenant_ab_c.sums',
  'select note from sums as s, tenant_ab_c.sums as t where t.note != s.note union all select note from shared.everyones',
]

const reaching = [
  "select note from loop('tenant_ab_c', 'sums')",
  "select note from remote('localhost', tenant_ab_c, sums)",
  'select note from {p2:Identifier}.sums',
  'select note from {p2 : Identifier}.sums',
  "select name from system.tables where database = 'tenant_ab_c'",
  'select table_name from INFORMATION_SCHEMA.tables',
  "select dictGet('tenant_ab_c.d', 'note', 1)",
  "select joinGet('tenant_ab_c.sums', 'note', 1)",
  "select hasColumnInTable('tenant_ab_c', 'sums', 'note')",
  "select * from file('/etc/passwd', 'LineAsString')",
  "select file('/etc/passwd')",
  "select * from url('http://127.0.0.1:1/', 'LineAsString')",
  'select 1 in tenant_ab_c.sums',
  'select 1; select note from tenant_ab_c.sums',
  'select 1 settings max_threads = 1',
  "select note from sums into outfile '/tmp/x'",
  'insert into sums values (1, 2)',
  'show databases',
  'describe tenant_ab_c.sums',
  'exists tenant_ab_c.sums',
  'use tenant_ab_c',
  'set readonly = 0',
  'drop table sums',
  'system shutdown',
  "select '",
  'select /* ',
  '',
]

describeEngine('clickhouse', 'a query that goes to ClickHouse', () => {
  let router: TestRouter
  const unguarded = new Map<string, string>()

  beforeAll(async () => {
    const path = await ownDirectory('chdb')
    const given = await givenOrders({ companies: [company, victim], config: { clickhouse: { path } } })
    // The stores' folder is taken by one process at a time: what is read later is written by another client before.
    for (const of of [company, victim]) {
      await commandChdb(path, `create table tenant_${of}.sums (id UInt64, note String) engine = MergeTree order by id`)
      await commandChdb(path, `insert into tenant_${of}.sums values (18446744073709551615, 'canary of ${of}')`)
    }
    await commandChdb(path, 'create table shared.everyones (note String) engine = MergeTree order by note')
    await commandChdb(path, `insert into shared.everyones values ('canary of ab_c')`)
    for (const sql of reading) {
      const inside = `select * from (${sql})`
      const query = /^with/.test(sql) ? sql : inside
      const rows = await askChdb(path, query.replaceAll('from sums', 'from tenant_ab.sums')).catch(String)
      unguarded.set(sql, JSON.stringify(rows))
    }
    router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
  })

  const ask = (sql: string, params: readonly unknown[] = []) =>
    router.post('/v1/query', { sql, params }, { 'x-dbsvc-company': company })

  test('reads the tables of the company, routed by its language', async () => {
    const { status, body } = await ask('select id, note from sums where id = {p1:UInt64}', ['18446744073709551615'])
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        columns: [
          { name: 'id', type: 'UInt64' },
          { name: 'note', type: 'String' },
        ],
        rows: [['18446744073709551615', 'canary of ab']],
        row_count: 1,
        info: { database: 'clickhouse', category: 'B', source: 'direct_connection' },
      },
    })
  })

  test('keeps every digit, and NULL apart from text', async () => {
    const values: [string, unknown][] = [
      [
        "toInt256('-57896044618658097711785492504343953926634992332820282019728792003956564819968')",
        '-57896044618658097711785492504343953926634992332820282019728792003956564819968',
      ],
      ["toDecimal128('12345678901234567890.123456789', 9)", '12345678901234567890.123456789'],
      ['toInt64(9007199254740993)', '9007199254740993'],
      ['toUInt32(4294967295)', 4294967295],
      ['toFloat64(0.1)', 0.1],
      ['nan', 'NaN'],
      ['-inf', '-Infinity'],
      ['true', true],
      ['null', null],
      ["'ᴺᵁᴸᴸ'", 'ᴺᵁᴸᴸ'],
      [`'a\\tb\\nc''"'`, 'a\tb\nc\'"'],
      ["toDateTime64('2026-01-02 03:04:05.678901', 6, 'Asia/Jakarta')", '2026-01-01T20:04:05.678901Z'],
      ["toDate('2026-01-02')", '2026-01-02'],
      ['[toUInt64(9007199254740993), 1]', ['9007199254740993', '1']],
      ["[[toDateTime('2026-01-02 03:04:05', 'UTC')]]", [['2026-01-02T03:04:05Z']]],
      ["map('k', 1)", { k: 1 }],
    ]
    const { body } = await ask(`select ${values.map(([sql]) => sql).join(', ')} where {p1:UInt8} = 1`, ['1'])
    expect(body).toMatchObject({ row_count: 1 })
    expect(body.rows).toEqual([values.map(([, value]) => value)])
  })

  test.each([
    ['Bool', true],
    ['Int32', -1],
    ['UInt64', '18446744073709551615'],
    ['Int256', '-57896044618658097711785492504343953926634992332820282019728792003956564819968'],
    ['Float64', 1e-7],
    ['Float64', 'NaN'],
    ['Decimal(38, 9)', '12345678901234567890.123456789'],
    ['String', 'a\t\'\\"\n'],
    ['Nullable(String)', null],
    ['UUID', '0b6e3c8e-5f0a-4f7e-9a55-0d7f2c1f8a10'],
    ['Date', '2026-01-02'],
    ["DateTime64(6, 'UTC')", '2026-01-02T03:04:05.678901Z'],
    ["Nullable(DateTime('Asia/Jakarta'))", '1999-12-31T23:59:59Z'],
    ['Array(DateTime64(3))', ['2026-01-02T03:04:05.678Z']],
    ['Array(UInt64)', ['18446744073709551615']],
    ['Array(Float64)', [0.5]],
    ['Array(Array(String))', [['a', "'"], [], ['NULL']]],
    ['Array(Nullable(String))', ['a', null]],
  ])('takes a parameter of type %s as it gives it: %j', async (type, value) => {
    const { body } = await ask(`select {p1:${type}}`, [value])
    expect(body).toMatchObject({ rows: [[value]] })
  })

  test('gives rows by the line', async () => {
    const headers = { accept: 'application/x-ndjson', 'x-dbsvc-company': company }
    const response = await fetch(`${router.url}/v1/query`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${router.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ sql: 'select arrayJoin(range(toUInt64({p1:UInt8}))) as number', params: [2] }),
    })
    const lines = (await response.text()).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { columns: [{ name: 'number', type: 'UInt64' }] },
      ['0'],
      ['1'],
      { end: { row_count: 2, info: { database: 'clickhouse' } } },
    ])
  })

  test('passes parameters as values, whatever they hold, and NULL', async () => {
    const hostile = "'; drop table sums; -- \\ \t\n\0 {p2:String}"
    const { body } = await ask('select {p1:String}, {p2:Nullable(String)}', [hostile, null])
    expect(body.rows).toEqual([[hostile, null]])
  })

  test('answers what is wrong with a statement, without a word of other companies', async () => {
    const { status, body } = await ask('select * from summs where {p1:UInt8} = 1', ['1'])
    expect({ status, error: body.error }).toMatchObject({ status: 400, error: { code: 'DBS-2404' } })
    expect(JSON.stringify(body)).not.toContain(victim)
  })

  test.each(reading)('refuses %s, which chDB would answer', async (sql) => {
    expect(unguarded.get(sql)).toContain('canary of ab_c')
    // The first words only send it to ClickHouse.
    const routed = sql
      .replace(/^select/, 'with {p1:UInt8} as one select')
      .replace(/^with x/, 'with {p1:UInt8} as one, x')
    await expectRefused(routed, ['1'])
  })

  test.each(reaching)('refuses %s', async (sql) => {
    await expectRefused(sql.replace(/^select/, 'with {p1:UInt8} as one select'), ['1', 'tenant_ab_c'])
    await expectRefused(`${sql} prewhere`, ['1', 'tenant_ab_c'])
  })

  async function expectRefused(sql: string, params: readonly string[]): Promise<void> {
    const { status, body } = await ask(sql, params)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(JSON.stringify(body)).not.toContain('canary')
  }

  test('does honest work beside all that', async () => {
    const { body } = await ask('select s.note from sums s, (select {p1:UInt8} as one) x where x.one = 1', ['1'])
    expect(body.rows).toEqual([['canary of ab']])
  })
})
