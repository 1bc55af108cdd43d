import { expect, test } from 'vitest'
import { alterCommands } from '../../../../src/engines/clickhouse/sql/alter.ts'
import { onCluster } from '../../../../src/engines/clickhouse/sql/cluster.ts'
import { readHead } from '../../../../src/engines/clickhouse/sql/head.ts'
import { fillIn } from '../../../../src/engines/clickhouse/sql/placeholder.ts'
import { type SqlStatement, splitStatements } from '../../../../src/engines/clickhouse/sql/statement.ts'

function statement(sql: string): SqlStatement {
  const [first] = splitStatements(sql)
  if (first === undefined) throw new Error(`no statement in ${sql}`)
  return first
}

test.each([
  [
    'create table t (a int) engine = MergeTree order by a',
    'create table t ON CLUSTER `c` (a int) engine = ReplicatedMergeTree order by a',
  ],
  [
    'create table if not exists d.`t 1` (a int) engine ReplacingMergeTree(v) order by a',
    'create table if not exists d.`t 1` ON CLUSTER `c` (a int) engine ReplicatedReplacingMergeTree(v) order by a',
  ],
  ['create table t (a int) engine = Memory', 'create table t ON CLUSTER `c` (a int) engine = Memory'],
  [
    "create table t (engine String default 'MergeTree') engine = ReplicatedMergeTree order by tuple()",
    "create table t ON CLUSTER `c` (engine String default 'MergeTree') engine = ReplicatedMergeTree order by tuple()",
  ],
  ['create materialized view v to t as select 1', 'create materialized view v ON CLUSTER `c` to t as select 1'],
  ['create or replace view v as select 1', 'create or replace view v ON CLUSTER `c` as select 1'],
  ['create function f as (x) -> x', 'create function f ON CLUSTER `c` as (x) -> x'],
  ['alter table t add column a int', 'alter table t ON CLUSTER `c` add column a int'],
  ['alter table t on cluster x add column a int', 'alter table t on cluster x add column a int'],
  ['drop table a, b sync', 'drop table a, b ON CLUSTER `c` sync'],
  ['rename table a to b, c to d', 'rename table a to b, c to d ON CLUSTER `c`'],
  ['exchange tables a and b', 'exchange tables a and b ON CLUSTER `c`'],
  ['truncate t', 'truncate t ON CLUSTER `c`'],
  ['optimize table t final', 'optimize table t ON CLUSTER `c` final'],
  ['delete from t where a = 1', 'delete from t ON CLUSTER `c` where a = 1'],
  ['create index i on t (a) type minmax', 'create index i on t ON CLUSTER `c` (a) type minmax'],
  ["insert into t values ('create table')", "insert into t values ('create table')"],
  ['select 1', 'select 1'],
])('on a cluster %j', (sql, expected) => {
  expect(onCluster(statement(sql), 'c')).toBe(expected)
})

test('values are written as their types ask, and nowhere but in placeholders', () => {
  const sql = "create view {database:Identifier}.v as select {company:String} as c, '{company:String}' as text"
  expect(fillIn(statement(sql), { database: 'a`b', company: "x'y" })).toBe(
    "create view `a\\`b`.v as select 'x\\'y' as c, '{company:String}' as text",
  )
})

test('the commands of an ALTER are told apart from the parts of one', () => {
  const sql = statement(
    "alter table t add column a Decimal(10, 2) default 1, drop index i, update b = f(1, 2), c = 'x' where d",
  )
  const commands = alterCommands(sql, readHead(sql.tokens).rest)
  expect(commands.map(({ action, object, name }) => [action, object, name])).toEqual([
    ['ADD', 'COLUMN', 'a'],
    ['DROP', 'INDEX', 'i'],
    ['UPDATE', '', 'b'],
  ])
})
