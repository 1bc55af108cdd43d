import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { type DbsvcResult, type RunningDbsvc, runDbsvc, spawnDbsvc } from '../support/dbsvc.ts'
import { createProject } from '../support/project.ts'

const companies = Array.from({ length: 300 }, (_, index) => `c${String(index).padStart(3, '0')}`)
const counted = (name: string): string =>
  // What a second application would show, and none would leave out.
  `update applications set times = times + 1; create table ${name} (id bigint primary key); select pg_sleep(0.01);`

let template: TestDatabase

beforeAll(async () => {
  template = await createDatabase()
  const project = await createProject({
    database: template,
    migrations: {
      'postgres/shared/0001_rates.sql': 'create table rates (company_id text primary key);',
      'postgres/tenant/0001_applications.sql':
        'create table applications (times integer not null); insert into applications values (0);',
    },
  })
  await succeed(runDbsvc(['migrate', 'up'], { cwd: project.directory }))
  await succeed(runDbsvc(['tenant', 'create', ...companies], { cwd: project.directory, timeoutMs: 120_000 }))
}, 180_000)

async function succeed(running: Promise<DbsvcResult>): Promise<void> {
  const { exitCode, stderr } = await running
  expect(exitCode, stderr).toBe(0)
}

/** Five machines, each with the same folder. */
async function givenRunners(): Promise<{ database: TestDatabase; directories: readonly string[] }> {
  const database = await createDatabase(template, template.database)
  const projects = await Promise.all(
    Array.from({ length: 5 }, () =>
      createProject({
        database,
        config: { migrations: { connections: 1, batchSize: 5 } },
        migrations: {
          'postgres/shared/0001_rates.sql': 'create table rates (company_id text primary key);',
          'postgres/shared/0002_fees.sql': 'create table fees (company_id text primary key);',
          'postgres/tenant/0001_applications.sql':
            'create table applications (times integer not null); insert into applications values (0);',
          'postgres/tenant/0002_one.sql': counted('one'),
          'postgres/tenant/0003_two.sql': counted('two'),
        },
      }),
    ),
  )
  return { database, directories: projects.map(({ directory }) => directory) }
}

const start = (directory: string): RunningDbsvc =>
  spawnDbsvc(['migrate', 'up', '--json'], { cwd: directory, timeoutMs: 120_000 })

/** Exactly one application of each migration to each company. */
async function expectOnceEach(database: TestDatabase): Promise<void> {
  const times = companies.map((company) => `select times from tenant_${company}.applications`).join(' union all ')
  expect(await database.query(`select times, count(*)::int as companies from (${times}) a group by times`)).toEqual([
    { times: 2, companies: companies.length },
  ])
  expect(
    await database.query(
      `select applied, count(*)::int as companies from dbsvc.targets where scope = 'tenant' group by applied`,
    ),
  ).toEqual([{ applied: 3, companies: companies.length }])
  expect(
    await database.query(
      `select name, count(*)::int as rows, count(distinct company_id)::int as companies from dbsvc.ledger
       where scope = 'tenant' and position > 1 group by name order by name`,
    ),
  ).toEqual(['0002_one', '0003_two'].map((name) => ({ name, rows: companies.length, companies: companies.length })))
}

test('given five runs at once, then they share the companies, and each has everything once', {
  timeout: 180_000,
}, async () => {
  const { database, directories } = await givenRunners()
  const results = await Promise.all(directories.map((directory) => start(directory).exited))
  expect(results.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(
    results.map(() => [0, expect.not.stringContaining('error')]),
  )
  await expectOnceEach(database)
  const shares = await database.query<{ companies: number }>(
    `select count(*)::int as companies from dbsvc.ledger where name = '0002_one' group by run_id`,
  )
  expect(shares.length).toBeGreaterThan(1)
  const shared = await database.query(`select from dbsvc.ledger where scope = 'shared' and name = '0002_fees'`)
  expect(shared).toHaveLength(1)
})

test('given five runs of which two are killed on the way, then the others finish what those had begun', {
  timeout: 180_000,
}, async () => {
  const { database, directories } = await givenRunners()
  const runs = directories.map(start)
  const underWay = async (): Promise<number> =>
    (await database.query(`select from dbsvc.ledger where name = '0002_one'`)).length
  await expect.poll(underWay, { timeout: 60_000, interval: 20 }).toBeGreaterThan(10)
  runs[1]?.kill('SIGKILL')
  await delay(100)
  runs[3]?.kill('SIGKILL')
  expect(await underWay()).toBeLessThan(companies.length)
  const results = await Promise.all(runs.map(({ exited }) => exited))
  expect(results.map(({ exitCode }) => exitCode)).toEqual([0, null, 0, null, 0])
  await expectOnceEach(database)
})
