import { beforeAll, expect, test } from 'vitest'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'

// Type, what is sent, what PostgreSQL then has, and what comes back where that is not what was sent.
const values: readonly (readonly [string, string, string, string?])[] = [
  ['bool', 'true', 'true'],
  ['int2', '-32768', '-32768'],
  ['int4', '2147483647', '2147483647'],
  ['int8', '"9223372036854775807"', '9223372036854775807'],
  ['int8', '9007199254740993', '9007199254740993', '"9007199254740993"'],
  ['oid', '"4294967295"', '4294967295'],
  ['float4', '0.1', '0.1'],
  ['float8', '-1.7976931348623157e+308', '-1.7976931348623157e+308'],
  ['float8', '"NaN"', 'NaN'],
  ['float8', '"-Infinity"', '-Infinity'],
  ['float8', '-0', '-0'],
  ['numeric', '"-12345678901234567890.12345678901234567890"', '-12345678901234567890.12345678901234567890'],
  ['numeric', '1.10', '1.10', '"1.10"'],
  ['numeric', '"NaN"', 'NaN'],
  ['text', '"a\\tb\\nc\\"\\\\\u20ac\u{1f600} NULL"', 'a\tb\nc"\\\u20ac\u{1f600} NULL'],
  ['text', '""', ''],
  ['varchar(9)', '"NULL"', 'NULL'],
  ['char(3)', '"a  "', 'a'],
  ['uuid', '"0b6e3c8e-5f0a-4f7e-9a55-0d7f2c1f8a10"', '0b6e3c8e-5f0a-4f7e-9a55-0d7f2c1f8a10'],
  ['timestamptz', '"2026-01-02T03:04:05.678901Z"', '2026-01-02 03:04:05.678901+00'],
  ['timestamptz', '"2026-01-02T10:04:05+07:00"', '2026-01-02 03:04:05+00', '"2026-01-02T03:04:05Z"'],
  ['timestamptz', '"0044-03-15T00:00:00Z BC"', '0044-03-15 00:00:00+00 BC'],
  ['timestamptz', '"infinity"', 'infinity'],
  ['timestamptz', '"12026-01-02T03:04:05Z"', '12026-01-02 03:04:05+00'],
  ['timestamp', '"2026-01-02T03:04:05.000001"', '2026-01-02 03:04:05.000001'],
  ['date', '"2026-01-02"', '2026-01-02'],
  ['date', '"-infinity"', '-infinity'],
  ['time', '"23:59:59.999999"', '23:59:59.999999'],
  ['timetz', '"23:59:59+07"', '23:59:59+07'],
  ['interval', '"P1Y2M-3DT4H5M6.789001S"', '1 year 2 mons -3 days +04:05:06.789001'],
  ['interval', '"P-1MT-100H-0.5S"', '-1 mons -100:00:00.5'],
  ['interval', '"PT0S"', '00:00:00'],
  ['json', '{"b": 1.0, "a": [12345678901234567890, 1e400, null]}', '{"b":1.0,"a":[12345678901234567890,1e400,null]}'],
  [
    'jsonb',
    '{"b": 1.10, "a": {"$bytes": 1, "c": "\\u0001"}}',
    '{"a": {"c": "\\u0001", "$bytes": 1}, "b": 1.10}',
    '{"a": {"c": "\\u0001", "$bytes": 1}, "b": 1.10}',
  ],
  [
    'jsonb',
    '{"$json": [1, [12345678901234567890.10]]}',
    '[1, [12345678901234567890.10]]',
    '[1, [12345678901234567890.10]]',
  ],
  ['jsonb', '{"$json": "text"}', '"text"', '"text"'],
  ['jsonb', '{"$json": null}', 'null', 'null'],
  ['jsonb', '{"$json": {"$json": 1}}', '{"$json": 1}', '{"$json": 1}'],
  ['bytea', '{"$bytes": "AP8gYWI="}', '\\x00ff206162', '"AP8gYWI="'],
  ['bytea', '{"$bytes": ""}', '\\x', '""'],
  ['int4[]', '[1, null, -3]', '{1,NULL,-3}'],
  ['int8[]', '[]', '{}'],
  ['int8[]', '["9223372036854775807"]', '{9223372036854775807}'],
  ['bool[]', '[true, false]', '{t,f}'],
  ['text[]', '["a,b", "NULL", null, "", "\\"\\\\", "{}"]', '{"a,b","NULL",NULL,"","\\"\\\\","{}"}'],
  ['numeric[]', '[["1.0", "2"], ["3", "NaN"]]', '{{1.0,2},{3,NaN}}'],
  ['float8[]', '[[[1.5], ["Infinity"]]]', '{{{1.5},{Infinity}}}'],
  ['timestamptz[]', '["2026-01-02T03:04:05Z", null]', '{"2026-01-02 03:04:05+00",NULL}'],
  ['interval[]', '["P1D"]', '{"1 day"}'],
  ['uuid[]', '["0b6e3c8e-5f0a-4f7e-9a55-0d7f2c1f8a10"]', '{0b6e3c8e-5f0a-4f7e-9a55-0d7f2c1f8a10}'],
  ['bytea[]', '[{"$bytes": "AP8="}]', '{"\\\\x00ff"}', '["AP8="]'],
  ['jsonb[]', '[{"a": 1.50}, {"$json": [1]}]', '{"{\\"a\\": 1.50}",[1]}', '[{"a": 1.50}, [1]]'],
  ['inet', '"10.0.0.0/8"', '10.0.0.0/8'],
  ['int4range', '"[1,3)"', '[1,3)'],
  ['int4range[]', '["[1,3)"]', '{"[1,3)"}'],
  ['bit(3)', '"101"', '101'],
  ['mood', '"calm"', 'calm'],
  ['short_text', '"abc"', 'abc'],
  ['text', 'null', ''],
]

let cluster: Cluster
let router: TestRouter

beforeAll(async () => {
  const columns = values.map(([type], at) => `c${at} ${type}`)
  cluster = await createCluster(undefined, {
    'postgres/tenant/001_everything.sql': `-- Up Migration
      create type mood as enum ('calm', 'rough');
      create domain short_text as text check (length(value) < 9);
      create table everything (id int primary key, ${columns.join(', ')});
      -- Down Migration
      drop table everything; drop domain short_text; drop type mood;`,
  })
  router = await startRouter(cluster)
})

/** Without a parser of numbers in between, and without the spaces between tokens. */
async function send(path: string, body: string): Promise<string> {
  const headers = {
    authorization: `Bearer ${router.key}`,
    'content-type': 'application/json',
    'x-dbsvc-company': 'company_abc',
  }
  const answer = await fetch(`${router.url}${path}`, { method: 'POST', headers, body })
  const text = await answer.text()
  expect(`${answer.status} ${text}`).toMatch(/^200 /)
  return text
}

const withoutSpaces = (json: string): string => json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1')

/** The values of the first row, as they stand in the response. */
function firstRow(response: string): string {
  const start = response.indexOf('"rows":[') + '"rows":['.length
  return withoutSpaces(response.slice(start, response.indexOf('],"row_count"', start)))
}

test('values of every type go in and come out again without loss', async () => {
  const places = values.map((_, at) => `$${at + 1}`).join(', ')
  const params = values.map(([, sent]) => sent).join(', ')
  await send('/v1/execute', `{"sql": "insert into everything values (1, ${places})", "params": [${params}]}`)

  const [stored = {}] = await cluster.database.query(
    `select ${values.map((_, at) => `c${at}::text`).join(', ')} from tenant_company_abc.everything`,
  )
  const expected = values.map(([type, sent, text]) =>
    sent === 'null' ? null : type === 'json' ? withoutSpaces(text) : text,
  )
  expect(Object.values(stored)).toEqual(expected)

  const names = values.map((_, at) => `c${at}`).join(', ')
  const response = await send('/v1/query', `{"sql": "select ${names} from everything"}`)
  const came = values.map(([, sent, , back]) => withoutSpaces(back ?? sent))
  expect(firstRow(response)).toBe(`[${came.join(',')}]`)

  // And in again, as they came, where a type is not one of JSON's.
  const again = values.map(([type, sent, , back]) => (/json|bytea/.test(type) ? sent : (back ?? sent)))
  await send('/v1/execute', `{"sql": "insert into everything values (2, ${places})", "params": [${again.join(', ')}]}`)
  const same = await cluster.database.query(
    `select ${values.map((_, at) => `(a.c${at}::text is not distinct from b.c${at}::text) as c${at}`).join(', ')}
     from tenant_company_abc.everything a, tenant_company_abc.everything b where a.id = 1 and b.id = 2`,
  )
  expect(Object.values(same[0] ?? {}).every(Boolean)).toBe(true)
})
