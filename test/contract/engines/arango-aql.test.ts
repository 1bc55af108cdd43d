import type { Database } from 'arangojs'
import { aql } from 'arangojs'
import { beforeAll, describe, expect, test } from 'vitest'
import { arangoDatabase } from '../../support/arango.ts'
import { refusal } from '../../support/arango-refusal.ts'
import { describeEngine } from '../../support/engines.ts'

describeEngine('arango', 'AQL', () => {
  let database: Database

  beforeAll(async () => {
    database = await arangoDatabase()
    const trades = await database.createCollection('trades')
    await trades.saveAll([
      { _key: '1', symbol: 'AAPL', price: 10, tags: ['a', 'b'], fee: { usd: 1 } },
      { _key: '2', symbol: 'MSFT', price: 20, tags: [], fee: { usd: 2 } },
      { _key: '3', symbol: 'AAPL', price: 30, tags: ['b'] },
      { _key: '4', symbol: 'IBM', price: null },
    ])
  })

  const run = async (query: string, bindVars: Record<string, unknown> = {}): Promise<unknown[]> =>
    (await database.query(query, bindVars)).all()
  const value = async (expression: string): Promise<unknown> => (await run(`RETURN ${expression}`))[0]

  describe('reading', () => {
    test.each([
      ['FOR t IN trades FILTER t.price > 15 SORT t.price DESC RETURN t._key', ['3', '2']],
      ['FOR t IN trades FILTER t.symbol == "AAPL" && "b" IN t.tags SORT t._key RETURN t._key', ['1', '3']],
      ['FOR t IN trades SORT t.symbol, t.price DESC LIMIT 1, 2 RETURN t._key', ['1', '4']],
      ['FOR t IN trades LET double = t.price * 2 FILTER double == 40 RETURN double', [40]],
      ['FOR t IN trades FILTER t.fee.usd == null SORT t._key RETURN t._key', ['3', '4']],
      ['FOR t IN trades SORT t._key RETURN DISTINCT t.symbol', ['AAPL', 'MSFT', 'IBM']],
      ['FOR a IN [1, 2] FOR b IN ["x", "y"] RETURN CONCAT(a, b)', ['1x', '1y', '2x', '2y']],
      ['FOR i IN 3..1 RETURN i', [3, 2, 1]],
      ['RETURN LENGTH(trades)', [4]],
      ['RETURN (FOR t IN trades FILTER t.price < 25 SORT t.price RETURN t.price)', [[null, 10, 20]]],
      ['RETURN DOCUMENT("trades/2").symbol', ['MSFT']],
      ['RETURN DOCUMENT("trades", ["1", "missing", "3"])[*]._key', [['1', '3']]],
      ['FOR t IN trades FILTER t.tags[*] ANY == "a" RETURN t._key', ['1']],
    ] as const)('%s', async (query, expected) => {
      expect(await run(query)).toEqual(expected)
    })

    test('bind parameters carry values, attributes and collections', async () => {
      const query = 'FOR t IN @@from FILTER t.@attribute == @value SORT t._key RETURN t._key'
      expect(await run(query, { '@from': 'trades', attribute: 'symbol', value: 'AAPL' })).toEqual(['1', '3'])
      const trades = database.collection('trades')
      const cursor = await database.query(aql`FOR t IN ${trades} FILTER t.price == ${20} RETURN t.symbol`)
      expect(await cursor.all()).toEqual(['MSFT'])
    })
  })

  describe('grouping', () => {
    test.each([
      [
        'FOR t IN trades COLLECT s = t.symbol WITH COUNT INTO n RETURN [s, n]',
        [
          ['AAPL', 2],
          ['IBM', 1],
          ['MSFT', 1],
        ],
      ],
      ['FOR t IN trades COLLECT WITH COUNT INTO n RETURN n', [4]],
      [
        'FOR t IN trades COLLECT AGGREGATE s = SUM(t.price), m = MAX(t.price), n = LENGTH(t) RETURN [s, m, n]',
        [[60, 30, 4]],
      ],
      ['FOR t IN trades COLLECT s = t.symbol INTO g = t._key FILTER s == "AAPL" RETURN g', [['1', '3']]],
      ['FOR t IN trades FILTER t.symbol == "IBM" COLLECT s = t.symbol INTO g RETURN g[*].t.symbol', [['IBM']]],
      [
        'FOR t IN trades COLLECT s = t.symbol AGGREGATE avg = AVERAGE(t.price) FILTER avg > 15 RETURN [s, avg]',
        [
          ['AAPL', 20],
          ['MSFT', 20],
        ],
      ],
    ] as const)('%s', async (query, expected) => {
      expect(await run(query)).toEqual(expected)
    })
  })

  describe('expressions', () => {
    test.each([
      ['1 + 2 * 3 - 4 / 2', 5],
      ['-2 + +3', 1],
      ['7 % 4', 3],
      ['1 == 1 && !(2 < 1) || false', true],
      ['null < false && false < 0 && 0 < "" && "" < [] && [] < {}', true],
      ['null ?: "other"', 'other'],
      ['1 > 2 ? "yes" : "no"', 'no'],
      ['2 IN 1..3 && 4 NOT IN 1..3', true],
      ['"abc" LIKE "a%" && "abc" NOT LIKE "b_"', true],
      ['"abc" =~ "^a.c$"', true],
      ['[1, 2, 3][-1]', 3],
      ['{a: {b: 1}}.a["b"]', 1],
      ['[{a: 1}, {a: 2}][*].a', [1, 2]],
      ['[1, 2, 3, 4][* FILTER CURRENT % 2 == 0 RETURN CURRENT * 10]', [20, 40]],
      ['[[1, 2], [3]][**]', [1, 2, 3]],
      ['[1, 2] ALL > 0', true],
      ['{["k"]: 1, "quoted": 2}', { k: 1, quoted: 2 }],
      ['null.a.b', null],
      ['0x10 + 0b11 + 1.5e1', 34],
      ['/* a comment */ "it\\"s" // the end', 'it"s'],
      ['1 / 0', null],
      ['"3" + 4', 7],
    ] as const)('%s', async (expression, expected) => {
      expect(await value(expression)).toEqual(expected)
    })
  })

  describe('functions', () => {
    test.each([
      ['CONCAT("a", null, 1, ["b"])', 'a1b'],
      ['UPPER(LOWER("Ab"))', 'AB'],
      ['SUBSTRING("hello", 1, 3)', 'ell'],
      ['SPLIT("a,b", ",")', ['a', 'b']],
      ['SUBSTITUTE("abc", "b", "x")', 'axc'],
      ['TRIM("  x ")', 'x'],
      ['CONTAINS("abc", "b")', true],
      ['REGEX_REPLACE("a1b2", "[0-9]", "-")', 'a-b-'],
      ['[MIN([3, 1]), MAX([3, 1]), SUM([3, 1]), AVG([3, 1]), MEDIAN([1, 2, 9])]', [1, 3, 4, 2, 2]],
      ['[ROUND(2.5), FLOOR(2.5), CEIL(2.1), ABS(-1), POW(2, 3), SQRT(9)]', [3, 2, 3, 1, 8, 3]],
      ['MERGE({a: 1}, {b: 2})', { a: 1, b: 2 }],
      ['MERGE_RECURSIVE({a: {b: 1}}, {a: {c: 2}})', { a: { b: 1, c: 2 } }],
      ['HAS({a: null}, "a")', true],
      [
        '[ATTRIBUTES({b: 1, a: 2}, false, true), VALUES({a: 2}), KEEP({a: 1, b: 2}, "a"), UNSET({a: 1, b: 2}, "a")]',
        [['a', 'b'], [2], { a: 1 }, { b: 2 }],
      ],
      [
        '[UNIQUE([1, 1, 2]), FLATTEN([1, [2]]), UNION([1], [1]), UNION_DISTINCT([1], [1]), INTERSECTION([1, 2], [2]), MINUS([1, 2], [2])]',
        [[1, 2], [1, 2], [1, 1], [1], [2], [1]],
      ],
      [
        '[FIRST([1, 2]), LAST([1, 2]), NTH([1, 2], 1), PUSH([1], 2), SLICE([1, 2, 3], 1), REVERSE([1, 2]), SORTED([2, 1])]',
        [1, 2, 2, [1, 2], [2, 3], [2, 1], [1, 2]],
      ],
      ['[LENGTH("abc"), LENGTH([1]), LENGTH({a: 1}), LENGTH(null)]', [3, 1, 1, 0]],
      ['[TO_NUMBER("3"), TO_STRING(1), TO_BOOL(""), TO_ARRAY("a"), TYPENAME([])]', [3, '1', false, ['a'], 'array']],
      ['NOT_NULL(null, 2)', 2],
      ['DATE_ISO8601(0)', '1970-01-01T00:00:00.000Z'],
      ['DATE_ADD("2026-01-31T00:00:00Z", 1, "day")', '2026-02-01T00:00:00.000Z'],
      ['DATE_DIFF("2026-01-01", "2026-01-03", "d")', 2],
      ['DATE_TRUNC("2026-05-06T07:08:09Z", "month")', '2026-05-01T00:00:00.000Z'],
      ['DATE_NOW() > DATE_TIMESTAMP("2020-01-01")', true],
      ['PARSE_IDENTIFIER("trades/1")', { collection: 'trades', key: '1' }],
      ['CURRENT_DATABASE() != "_system"', true],
      ['MD5("x")', '9dd4e461268c8034f5c8564e155c67a6'],
    ] as const)('%s', async (expression, expected) => {
      expect(await value(expression)).toEqual(expected)
    })
  })

  describe('writing', () => {
    beforeAll(async () => {
      await database.createCollection('notes')
    })

    test('INSERT, UPDATE, REPLACE and REMOVE give OLD and NEW', async () => {
      expect(await run('INSERT {_key: "a", n: 1} INTO notes RETURN NEW.n')).toEqual([1])
      expect(await run('UPDATE "a" WITH {m: 2} IN notes RETURN [OLD.m, NEW.m, NEW.n]')).toEqual([[null, 2, 1]])
      expect(await run('UPDATE {_key: "a", m: 3} IN notes RETURN NEW.m')).toEqual([3])
      expect(await run('FOR d IN notes REPLACE d WITH {k: 1} IN notes RETURN HAS(NEW, "n")')).toEqual([false])
      expect(await run('REMOVE "a" IN notes RETURN OLD.k')).toEqual([1])
      expect(await refusal(database.query('REMOVE "a" IN notes'))).toEqual([404, 1202])
    })

    test('UPSERT inserts what is missing and updates what is there', async () => {
      const upsert = 'UPSERT {name: @name} INSERT {name: @name, n: 1} UPDATE {n: OLD.n + 1} IN notes RETURN NEW.n'
      expect(await run(upsert, { name: 'u' })).toEqual([1])
      expect(await run(upsert, { name: 'u' })).toEqual([2])
    })

    test('OPTIONS say what to do about what is there', async () => {
      await run('INSERT {_key: "o", n: 1} INTO notes')
      await run('INSERT {_key: "o", n: 2} INTO notes OPTIONS {overwriteMode: "ignore"}')
      expect(await value('DOCUMENT("notes/o").n')).toBe(1)
      await run('INSERT {_key: "o", m: 2} INTO notes OPTIONS {overwriteMode: "update"}')
      expect(await value('DOCUMENT("notes/o").n')).toBe(1)
      await run('UPDATE "o" WITH {n: null} IN notes OPTIONS {keepNull: false}')
      expect(await value('HAS(DOCUMENT("notes/o"), "n")')).toBe(false)
      const cursor = await database.query(
        'FOR k IN ["o", "new"] INSERT {_key: k} INTO notes OPTIONS {ignoreErrors: true}',
      )
      expect(cursor.extra.stats).toMatchObject({ writesExecuted: 1, writesIgnored: 1 })
    })

    test('a value beside IN is told from the word before the collection', async () => {
      expect(await run('INSERT {_key: "in", found: (1 IN [1])} IN notes RETURN NEW.found')).toEqual([true])
    })
  })

  describe('what is refused', () => {
    test.each([
      ['', 400, 1502],
      ['RETURN', 400, 1501],
      ['FOR x IN [1] RETUN x', 400, 1501],
      ['FOR x IN [1] FOR x IN [2] RETURN x', 400, 1511],
      ['FOR x IN missing RETURN x', 404, 1203],
      ['INSERT {} INTO missing', 404, 1203],
      ['RETURN NO_SUCH_FUNCTION()', 400, 1540],
      ['RETURN UPPER()', 400, 1541],
      ['RETURN @missing', 400, 1551],
      ['RETURN FAIL("no")', 400, 1569],
      ['INSERT {} INTO trades FOR t IN trades RETURN t', 400, 1579],
    ] as const)('%s', async (query, status, errorNum) => {
      expect(await refusal(database.query(query))).toEqual([status, errorNum])
    })

    test('values for parameters that the query does not have', async () => {
      expect(await refusal(database.query('RETURN 1', { more: 1 }))).toEqual([400, 1552])
    })

    test('a query that takes longer than it may', async () => {
      const slow = 'FOR a IN 1..10000 FOR b IN 1..10000 FILTER a * b < 0 RETURN 1'
      expect(await refusal(database.query(slow, {}, { maxRuntime: 0.1 }))).toEqual([410, 1500])
      expect(await refusal(database.query('RETURN SLEEP(5)', {}, { maxRuntime: 0.1 }))).toEqual([410, 1500])
    })
  })

  describe('cursors', () => {
    test('a large result comes in batches', async () => {
      const cursor = await database.query('FOR i IN 1..250 RETURN i', {}, { batchSize: 100, count: true })
      expect(cursor.count).toBe(250)
      const batches = []
      for await (const batch of cursor.batches) batches.push(batch.length)
      expect(batches).toEqual([100, 100, 50])
    })

    test('a cursor that was closed, or not used for its time, is gone', async () => {
      const open = (ttl: number): Promise<{ id: string }> =>
        database
          .route('/_api/cursor')
          .post({ query: 'FOR i IN 1..9 RETURN i', batchSize: 1, ttl })
          .then(({ parsedBody }) => parsedBody as { id: string })
      const more = (id: string): Promise<unknown> => database.route(`/_api/cursor/${id}`).post()
      const closed = await open(30)
      await more(closed.id)
      await database.route(`/_api/cursor/${closed.id}`).delete()
      expect(await refusal(more(closed.id))).toEqual([404, 1600])
      const { id } = await open(0.05)
      await expect
        .poll(() => refusal(more(id)).catch(() => null), { timeout: 30_000, interval: 1000 })
        .toEqual([404, 1600])
    })

    test('fullCount says what LIMIT left out', async () => {
      const cursor = await database.query('FOR i IN 1..50 LIMIT 5 RETURN i', {}, { fullCount: true })
      expect(cursor.extra.stats?.fullCount).toBe(50)
    })

    test('a doubtful value is a warning', async () => {
      const cursor = await database.query('RETURN 1 / 0')
      expect(cursor.extra.warnings).toMatchObject([{ code: 1562 }])
      expect(await refusal(database.query('RETURN 1 / 0', {}, { failOnWarning: true }))).toEqual([400, 1562])
    })
  })
})
