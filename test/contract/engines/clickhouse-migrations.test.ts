import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Store, StoreMigration, StoreStep, StoreTarget } from '../../../src/engines/store.ts'
import {
  apply,
  clickhouseConfig,
  compileFolder,
  connectClickhouse,
  doubtfulStep,
  freshStep,
  limits,
} from '../../support/clickhouse.ts'
import { describeEngine } from '../../support/engines.ts'
import { uniqueName } from '../../support/unique-name.ts'

describeEngine('clickhouse', 'migrations of ClickHouse', () => {
  let store: Store
  beforeAll(async () => {
    store = await connectClickhouse(await clickhouseConfig())
  })
  afterAll(() => store.close())

  async function givenTarget(): Promise<StoreTarget> {
    const company = uniqueName('company')
    await store.provision([{ company, limits }])
    return { scope: 'tenant', company }
  }

  async function given(sql: string): Promise<{ target: StoreTarget; steps: readonly StoreStep[] }> {
    const [migration] = await migrationOf(sql)
    return { target: await givenTarget(), steps: migration?.steps ?? [] }
  }

  const objects = async ({ company }: StoreTarget): Promise<string[]> =>
    ((await store.inspect('tenant', [company])).get(company) ?? []).map(({ kind, on, name }) => `${kind} ${on}.${name}`)

  test('the third of five statements fails: two are done, and the run goes on at the third', async () => {
    const { target, steps } = await given(`
      create table a (x int) engine = MergeTree order by x;
      create table b (x int) engine = MergeTree order by x;
      create table c (x int) engine = NoSuchTree order by x;
      create table d (x int) engine = MergeTree order by x;
      create table e (x int) engine = MergeTree order by x;`)
    expect(steps.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6])
    const run = async (from: number, list: readonly StoreStep[]): Promise<void> => {
      for (const step of list.slice(from)) await store.run(target, step, freshStep())
    }
    await expect(run(0, steps)).rejects.toMatchObject({
      code: 'DBS-1107',
      message: expect.stringContaining('NoSuchTree'),
    })
    expect((await objects(target)).filter((name) => name.startsWith('table'))).toEqual(['table .a', 'table .b'])
    const mended = (await migrationOf('create table c (x int) engine = Memory;'))[0]?.steps ?? []
    await run(0, [...mended, ...steps.slice(3)])
    expect((await objects(target)).filter((name) => name.startsWith('table'))).toHaveLength(5)
  })

  const doubtful = [
    'create table t (x UInt64, y decimal(10,2) default 1, index i x type minmax granularity 1) engine = MergeTree order by x',
    'create view v as select a, count() as n from base where b in (1,2) group by a',
    'create materialized view m engine = AggregatingMergeTree order by a as select a, uniqState(b) as u from base group by a',
    'alter table base add column c Nullable(decimal(10,2)), add index j a type minmax granularity 1',
    'alter table base drop column b',
    'alter table base rename column b to z',
    'alter table base update b = b + 1 where a > 0',
    'alter table base add constraint positive check a > 0',
    'drop table base',
    'rename table base to other',
    'truncate table base',
    'insert into base (a, b) values (7, 7)',
    'alter table base delete where a = 1',
    'alter table base modify ttl day + interval 1 month',
  ]

  test.each(doubtful)('cut off before or after it was done, it is done once: %s', async (sql) => {
    const before = `create table base (a Int64, b Int64, day Date default '2099-01-01') engine = MergeTree order by a settings non_replicated_deduplication_window = 100;
      insert into base (a, b) values (1, 1), (2, 2);`
    const once = await given(before)
    const [step] = (await migrationOf(sql))[0]?.steps ?? []
    if (step === undefined) throw new Error('no step')
    await apply(store, once.target, await migrationOf(before))
    await store.run(once.target, step, freshStep())
    const { target } = await given(before)
    await apply(store, target, await migrationOf(before))
    await store.run(target, step, doubtfulStep())
    await store.run(target, step, doubtfulStep())
    expect(await contentsOf(target)).toEqual(await contentsOf(once.target))
    expect((await store.inspect('tenant', [target.company])).get(target.company)).toEqual(
      (await store.inspect('tenant', [once.target.company])).get(once.target.company),
    )
  })

  test('a thing of that name that is another one counts as not done', async () => {
    const { target } = await given('')
    await apply(
      store,
      target,
      await migrationOf('create table t (x Int64) engine = MergeTree order by x; create view v as select 1 as one'),
    )
    for (const sql of ['create table t (x String) engine = MergeTree order by x', 'create view v as select 2 as one']) {
      const [step] = (await migrationOf(sql))[0]?.steps ?? []
      if (step === undefined) throw new Error('no step')
      await expect(store.run(target, step, doubtfulStep())).rejects.toMatchObject({
        code: 'DBS-1107',
        message: expect.stringContaining('code 57'),
      })
    }
    expect((await objects(target)).filter((name) => name.includes('dbsvc'))).toEqual([])
  })

  test('an insert that nothing remembers is not done twice by guessing', async () => {
    const { target } = await given('')
    await apply(store, target, await migrationOf('create table t (x Int64) engine = MergeTree order by x'))
    const [step] = (await migrationOf('insert into t values (1)'))[0]?.steps ?? []
    if (step === undefined) throw new Error('no step')
    await store.run(target, step, doubtfulStep())
    await expect(store.run(target, step, doubtfulStep())).rejects.toMatchObject({
      code: 'DBS-1107',
      message: expect.stringContaining('does not remember inserts'),
    })
    expect((await store.readFacts(target.company)).items).toBe(1)
  })

  test('placeholders are the company’s, in statements and in definitions', async () => {
    const { target } = await given('')
    await apply(
      store,
      target,
      await migrationOf(`create table {database:Identifier}.t (c String) engine = MergeTree order by c;
        insert into t values ({company:String});
        create view v as select c, {company:String} as own from {database:Identifier}.t where c = {company:String};
        alter table t delete where c != {company:String}`),
    )
    expect((await store.readFacts(target.company)).items).toBe(1)
    const structure = (await store.inspect('tenant', [target.company])).get(target.company) ?? []
    expect(structure.find(({ name }) => name === 'v')?.definition).toBe(
      "VIEW (`c` String, `own` String) AS SELECT c, '{company}' AS own FROM t WHERE c = '{company}'",
    )
  })

  test.each([
    ["create table t (a String default 'x) engine = Memory", /a string is not closed/],
    ['select {tenant:String}', /\{tenant:…\} is unknown/],
  ])('a file that cannot be read names its line: %s', async (sql, reason) => {
    await expect(migrationOf(`-- Up Migration\n\n${sql}`)).rejects.toMatchObject({
      code: 'DBS-1302',
      message: expect.stringMatching(reason),
      details: { file: expect.stringMatching(/0001_\w+\.sql:3$/) },
    })
  })

  test('a file without a way down has none', async () => {
    const folder = await folderWith('create table t (a int) engine = Memory')
    await expect(compileFolder(folder, 'tenant', 'down')).rejects.toMatchObject({ code: 'DBS-1303' })
  })

  async function contentsOf({ company }: StoreTarget): Promise<unknown> {
    const directory = await mkdtemp(join(tmpdir(), 'dbsvc-contents-'))
    const files = (await store.exportCompany(company, directory)).map(({ file }) => file)
    const tables = files.filter((file) => file.endsWith('.native') && !file.includes('inner')).toSorted()
    return Promise.all(tables.map(async (file) => [file, await readFile(join(directory, file), 'base64')]))
  }
})

async function migrationOf(sql: string): Promise<StoreMigration[]> {
  return compileFolder(await folderWith(sql), 'tenant')
}

async function folderWith(sql: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dbsvc-migration-'))
  await writeFile(join(folder, `0001_${uniqueName('step')}.sql`), sql)
  return folder
}
