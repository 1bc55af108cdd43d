import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import type { Finding } from '../../../../src/core/lint/finding.ts'
import type { ProjectScope } from '../../../../src/core/migration/scope.ts'
import { lintClickhouse } from '../../../../src/engines/clickhouse/lint/lint.ts'
import { clickhouseRules } from '../../../../src/engines/clickhouse/lint/rules/index.ts'
import { readMigrations } from '../../../../src/engines/postgres/migration/folder.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const shipped = join(import.meta.dirname, '..', '..', '..', '..', 'migrations', 'clickhouse')

async function lint(scope: ProjectScope, ...files: readonly string[]): Promise<Finding[]> {
  const folder = await temporaryFolder()
  for (const [index, text] of files.entries()) {
    const down = text.includes('Down Migration') ? '' : '\n-- Down Migration\n'
    await folder.write(`000${index + 1}_m.sql`, `-- Up Migration\n${text}${down}`)
  }
  return lintClickhouse(await readMigrations(folder.path, scope), scope)
}

const briefly = (findings: readonly Finding[]): string[] =>
  findings.map(({ rule, line }) => `${rule.replace('clickhouse-', '')}:${line}`)

const table = 'create table t (a Int64) engine = MergeTree order by a'
const events =
  'create table e (a Int64, at DateTime) engine = ReplacingMergeTree partition by toYYYYMM(at) order by (a, at) ttl at + interval 1 day'

const cases: readonly (readonly [ProjectScope, string, readonly string[]])[] = [
  ['tenant', table, []],
  ['tenant', 'create table t (a Int64) engine = MergeTree order by tuple()', ['table-without-key:2']],
  ['tenant', 'create table t (a Int64)\nengine = MergeTree', ['table-without-key:2']],
  ['tenant', 'create table t (a Int64) engine = Memory', []],
  ['tenant', 'create table t (\na Nullable(Int64)) engine = MergeTree order by (a)', ['nullable-key:3']],
  ['tenant', 'create table t (a Int64, b Nullable(Int64)) engine = MergeTree order by (a)', []],
  [
    'shared',
    'create table t (a Int64, company_id String) engine = MergeTree order by (a, company_id)',
    ['key-without-company:2'],
  ],
  ['shared', 'create table t (a Int64, company_id String) engine = MergeTree order by (company_id, a)', []],
  ['shared', table, []],
  ['tenant', 'create table t (a Int64, unit_price Float64) engine = MergeTree order by a', ['inexact-money:2']],
  ['tenant', `${table};\nalter table t add column fee Nullable(Float32)`, ['inexact-money:3']],
  ['tenant', 'create table t (a Int64, score Float64) engine = MergeTree order by a', []],
  ['tenant', events, []],
  [
    'tenant',
    'create table e (a DateTime) engine = MergeTree order by a',
    ['event-table-without-partition:2', 'event-table-without-ttl:2'],
  ],
  ['tenant', `${events};\nalter table e drop column at`, ['drop-column-in-use:3']],
  [
    'tenant',
    `${table};\ncreate view v as select a as b from t;\nalter table t rename column a to c`,
    ['drop-column-in-use:4'],
  ],
  ['tenant', `${table};\nalter table t delete where 1`, ['mutation-of-everything:3']],
  ['tenant', `${table};\ndelete from t where true`, ['mutation-of-everything:3']],
  ['tenant', `${table};\nalter table t update a = 1 where a > 1`, []],
  ['tenant', 'create table db.t (a Int64) engine = MergeTree order by a', ['qualified-name:2']],
  ['tenant', 'create view v as select 1 from other.t as x where x.a = 1', ['qualified-name:2']],
  ['tenant', 'create view v as select 1 from {shared:Identifier}.t', []],
  ['shared', 'create view v as select 1 from other.t', []],
  ['tenant', "create view v as select * from url('http://x', CSV)", ['table-function:2']],
  ['tenant', "create view v as select 'from url(' as text, url from t", []],
  [
    'tenant',
    "create table t (a Int64) engine = ReplicatedMergeTree('/x', '{replica}') order by a",
    ['replicated-engine:2'],
  ],
  ['tenant', 'create table t on cluster c (a Int64) engine = MergeTree order by a', ['replicated-engine:2']],
  ['tenant', `${table};\ninsert into t values (1)`, ['insert-not-remembered:3']],
  ['tenant', `${table} settings non_replicated_deduplication_window = 9;\ninsert into t values (1)`, []],
  ['tenant', 'create table t engine = MergeTree order by a as select 1 as a', ['create-as-select:2']],
  ['tenant', 'grant select on t to u', ['access-statement:2']],
  ['tenant', 'create row policy p on t using 1', ['access-statement:2']],
  [
    'tenant',
    `${events};\ncreate materialized view v to x as select a, count() from e group by a`,
    ['view-counts-twice:3'],
  ],
  ['tenant', `${events};\ncreate materialized view v to x as select a, uniqState(at) from e group by a`, []],
  ['tenant', "select 'a", ['syntax-error:2']],
  ['tenant', `-- dbsvc: allow clickhouse-access-statement because it is a test\ngrant select on t to u`, []],
  ['tenant', `grant select on t to u -- dbsvc: allow clickhouse-access-statement because it is a test`, []],
  [
    'tenant',
    `-- dbsvc: allow clickhouse-access-statement\ngrant select on t to u`,
    ['suppression-without-reason:2', 'access-statement:3'],
  ],
  ['tenant', `-- dbsvc: allow clickhouse-inexact-money because of nothing\n${table}`, ['unused-suppression:2']],
  ['tenant', `-- dbsvc: allow no-such-rule because of nothing\n${table}`, ['unused-suppression:2']],
]

test.each(cases)('%s: %s', async (scope, sql, expected) => {
  expect(briefly(await lint(scope, sql)).toSorted()).toEqual([...expected].toSorted())
})

test('a later migration is held against what earlier ones have made', async () => {
  const found = await lint('tenant', events, 'alter table e drop column at')
  expect(found.map(({ file, line, column }) => [basename(file), line, column])).toEqual([['0002_m.sql', 2, 15]])
})

test('a migration without a way down is named as a whole', async () => {
  const folder = await temporaryFolder()
  await folder.write('0001_m.sql', table)
  const [found] = await lintClickhouse(await readMigrations(folder.path, 'tenant'), 'tenant')
  expect(found).toMatchObject({ rule: 'clickhouse-irreversible', severity: 'info', line: null, sql: null })
})

test.each(['shared', 'tenant'] as const)('nothing is found in the shipped %s migrations', async (scope) => {
  expect(await lintClickhouse(await readMigrations(join(shipped, scope), scope), scope)).toEqual([])
})

test('every rule has a case that finds it', () => {
  const found = new Set(cases.flatMap(([, , expected]) => expected.map((one) => `clickhouse-${one.split(':')[0]}`)))
  const others = clickhouseRules.map(({ id }) => id).filter((id) => !found.has(id))
  expect(others).toEqual(['clickhouse-irreversible'])
})
