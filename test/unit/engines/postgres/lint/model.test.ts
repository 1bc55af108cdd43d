import { describe, expect, test } from 'vitest'
import { applyStatement } from '../../../../../src/engines/postgres/lint/model/apply.ts'
import { Model } from '../../../../../src/engines/postgres/lint/model/model.ts'
import { parseStep } from '../../../../../src/engines/postgres/lint/parse.ts'
import type { LintMigration, LintSql } from '../../../../../src/engines/postgres/lint/statement.ts'

/** What a tenant's schema holds after these statements. */
async function modelOf(sql: string): Promise<Model> {
  const model = new Model('tenant')
  const step = await parseStep(sql, 0)
  const whole: LintSql = { direction: 'up', transaction: true, readable: true, steps: [step] }
  const migration: LintMigration = {
    scope: 'tenant',
    name: '0001_orders',
    version: '0001',
    path: '/0001_orders.sql',
    checksum: '',
    text: sql,
    exemptions: [],
    up: whole,
    down: null,
  }
  for (const statement of step.statements) applyStatement(model, { migration, sql: whole, step, statement })
  return model
}

const orders = 'create table orders (id bigint primary key, note varchar(20), unique (note));'

describe('given a table', () => {
  test('when it is made, then its columns, constraints and their indexes are known by the names PostgreSQL gives', async () => {
    const table = (await modelOf(orders)).relations.get('orders')
    expect([...(table?.columns.values() ?? [])]).toEqual([
      { name: 'id', type: { name: 'int8', modifiers: [], isArray: false }, notNull: true },
      { name: 'note', type: { name: 'varchar', modifiers: ['20'], isArray: false }, notNull: false },
    ])
    expect(table?.constraints.map(({ name }) => name)).toEqual(['orders_pkey', 'orders_note_key'])
    expect(table?.indexes.map(({ name, columns }) => [name, columns])).toEqual([
      ['orders_pkey', ['id']],
      ['orders_note_key', ['note']],
    ])
  })

  test('when it is altered, then the model follows', async () => {
    const model = await modelOf(`${orders}
      alter table orders add column amount numeric not null, drop constraint orders_note_key, alter column note type text;
      alter table orders rename column note to remark;
      alter table orders rename to purchases;`)
    expect([...model.relations.keys()]).toEqual(['purchases'])
    const table = model.relations.get('purchases')
    expect([...(table?.columns.values() ?? [])].map(({ name, type, notNull }) => [name, type.name, notNull])).toEqual([
      ['id', 'int8', true],
      ['amount', 'numeric', true],
      ['remark', 'text', false],
    ])
    expect(table?.indexes.map(({ name }) => name)).toEqual(['orders_pkey'])
  })

  test('when it is made again if it does not exist, then it stays as it is', async () => {
    const model = await modelOf(`${orders} create table if not exists orders (other text);`)
    expect([...(model.relations.get('orders')?.columns.keys() ?? [])]).toEqual(['id', 'note'])
  })

  test('when another is made like it, then that has its columns', async () => {
    const model = await modelOf(`${orders} create table archive (like orders, archived_at timestamptz);`)
    expect([...(model.relations.get('archive')?.columns.keys() ?? [])]).toEqual(['id', 'note', 'archived_at'])
  })

  test('when a constraint takes an index over, then there is one index, with its columns', async () => {
    const model = await modelOf(`create table orders (note text);
      create unique index by_note on orders (note);
      alter table orders add constraint orders_note unique using index by_note;`)
    expect(model.relations.get('orders')?.indexes.map(({ name, columns }) => [name, columns])).toEqual([
      ['orders_note', ['note']],
    ])
  })

  test('when it is dropped, by a drop or as a time series, then it is gone', async () => {
    expect((await modelOf(`${orders} drop table orders;`)).relations.size).toBe(0)
    expect((await modelOf(`${orders} select dbsvc.drop_time_series('orders');`)).relations.size).toBe(0)
  })
})

test('given views, policies, indexes, types and functions, then they are known until they are dropped', async () => {
  const made = `${orders}
    create view open_orders as select * from orders;
    create materialized view totals as select count(*) from orders;
    create policy mine on orders using (true);
    create index by_note on orders (lower(note)) where note is not null;
    create type state as enum ('open');
    create function tag() returns text stable language sql as 'select 1';`
  const model = await modelOf(made)
  expect([...model.relations.values()].map(({ name, kind }) => [name, kind])).toEqual([
    ['orders', 'table'],
    ['open_orders', 'view'],
    ['totals', 'materialized view'],
  ])
  expect([...(model.relations.get('orders')?.policies ?? [])]).toEqual(['mine'])
  expect(model.findIndex('by_note')?.index).toMatchObject({ columns: [null], onlyNotNull: ['note'] })
  expect(model.enums.get('state')).toBe('0001_orders')
  expect(model.functions.get('tag')).toBe('stable')

  const dropped = await modelOf(`${made}
    drop view open_orders; drop materialized view totals; drop policy mine on orders; drop index by_note;`)
  expect([...dropped.relations.keys()]).toEqual(['orders'])
  expect(dropped.relations.get('orders')?.policies.size).toBe(0)
  expect(dropped.findIndex('by_note')).toBeUndefined()
})
