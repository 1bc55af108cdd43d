import { beforeEach, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { runDbsvc } from '../support/dbsvc.ts'
import { createProject } from '../support/project.ts'
import { expectError, expectExit, type Given, givenOrders, migration } from './support/given.ts'

interface ListedRun {
  readonly runId: string
  readonly command: string
  readonly state: string
  readonly applied: number
  readonly undone: number
  readonly failed: number
}

const companies = Array.from({ length: 12 }, (_, index) => `c${String(index).padStart(2, '0')}`)
// Slow enough to be met on the way; one company a batch.
const slow = migration(
  'alter table orders add column note text; select pg_sleep(0.3);',
  'alter table orders drop column note; select pg_sleep(0.3);',
)

describe('given twelve companies and a slow migration', () => {
  let given: Given
  beforeEach(async () => {
    given = await givenOrders({ companies, config: { migrations: { connections: 1, batchSize: 1 } } })
    await given.write('migrations/postgres/tenant/0002_note.sql', slow)
  })

  async function listed(): Promise<ListedRun[]> {
    const result = await given.dbsvc(['migrate', 'runs', '--json'])
    expectExit(result, ExitCode.Ok)
    return result.json<{ runs: ListedRun[] }>().runs
  }

  async function applied(): Promise<number> {
    const rows = await given.database.query(`select from dbsvc.ledger where name = '0002_note'`)
    return rows.length
  }

  const someApplied = () => expect.poll(applied, { timeout: 20_000, interval: 50 }).toBeGreaterThan(1)

  test('when it is paused, then it ends behind the batch under way, new runs are refused, and resume finishes it as the same run', async () => {
    const run = given.start(['migrate', 'up'])
    await someApplied()
    const pause = await given.dbsvc(['migrate', 'pause'])
    expectExit(pause, ExitCode.Ok)
    const paused = await run.exited
    expectExit(paused, ExitCode.Pending)
    expect(paused.stderr).toMatch(/paused; to go on: dbsvc migrate resume [0-9a-f-]{36}/)
    const [first] = await listed()
    expect(first).toMatchObject({ command: 'migrate up', state: 'paused', applied: await applied(), failed: 0 })
    expect(await applied()).toBeLessThan(companies.length)

    const refused = await given.dbsvc(['migrate', 'up'])
    expectError(refused, ExitCode.Refused, 'DBS-1411')
    expect(refused.stderr).toContain(`dbsvc migrate resume ${first?.runId}`)

    expectExit(await given.dbsvc(['migrate', 'resume', first?.runId.slice(0, 8) ?? '']), ExitCode.Ok)
    expect(await applied()).toBe(companies.length)
    expect(await listed()).toMatchObject([{ runId: first?.runId, state: 'succeeded', applied: companies.length }])
  })

  test('when it is killed, then it is listed as such, and another machine with the same files goes on with it', async () => {
    const run = given.start(['migrate', 'up', '--exclude', 'c11'])
    await someApplied()
    run.kill('SIGKILL')
    await run.exited
    await expect.poll(async () => (await listed())[0]?.state, { timeout: 10_000 }).toBe('killed')
    const [killed] = await listed()
    const id = killed?.runId ?? ''

    const elsewhere = await createProject({
      database: given.database,
      migrations: { 'postgres/tenant/0001_orders.sql': await migrationText(given, '0001_orders') },
    })
    const other = (...args: string[]) => runDbsvc(args, { cwd: elsewhere.directory })
    expectError(await other('migrate', 'resume', id), ExitCode.Refused, 'DBS-1413')
    await elsewhere.write('migrations/postgres/tenant/0002_note.sql', slow)
    expectExit(await other('migrate', 'resume', id), ExitCode.Ok)

    // What was excluded from the run is none of its business.
    expect(await applied()).toBe(companies.length - 1)
    const show = (await given.dbsvc(['migrate', 'show', id, '--json'])).json<{
      state: string
      sessions: { outcome: string | null; host: string; pid: number }[]
      targets: { company: string; outcome: string }[]
    }>()
    expect(show.state).toBe('succeeded')
    expect(show.sessions.map(({ outcome }) => outcome)).toEqual([null, 'succeeded'])
    expect(show.sessions[0]?.pid).toBe(run.pid)
    expect(show.targets.map(({ company, outcome }) => `${company} ${outcome}`)).toEqual(
      companies.slice(0, 11).map((company) => `${company} applied`),
    )
    expect((await given.dbsvc(['migrate', 'show', id])).stdout).toMatch(/applied +postgres +tenant +0002_note +11/)
  })

  test('when it is cancelled on the way, then it ends, cannot be gone on with, and does not hold up a new one', async () => {
    const run = given.start(['migrate', 'up'])
    await someApplied()
    const id = (await listed())[0]?.runId ?? ''
    expectExit(await given.dbsvc(['migrate', 'cancel', id]), ExitCode.Ok)
    expectError(await run.exited, ExitCode.Interrupted, 'DBS-1507')
    expectError(await given.dbsvc(['migrate', 'resume', id]), ExitCode.Refused, 'DBS-1412')
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(await applied()).toBe(companies.length)
    expect((await listed()).map(({ state }) => state)).toEqual(['succeeded', 'cancelled'])
  })

  test('when a paused one is cancelled, then a new one may go on', async () => {
    const run = given.start(['migrate', 'up'])
    await someApplied()
    expectExit(await given.dbsvc(['migrate', 'pause']), ExitCode.Ok)
    await run.exited
    const id = (await listed())[0]?.runId ?? ''
    expectExit(await given.dbsvc(['migrate', 'cancel', id]), ExitCode.Ok)
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expectError(await given.dbsvc(['migrate', 'cancel', id]), ExitCode.Refused, 'DBS-1412')
  })

  test('when a migrate down is killed, then resume undoes exactly what it had been asked to', async () => {
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    const run = given.start(['migrate', 'down'])
    await expect.poll(applied, { timeout: 20_000, interval: 50 }).toBeLessThan(companies.length - 1)
    run.kill('SIGKILL')
    await run.exited
    await expect.poll(async () => (await listed())[0]?.state, { timeout: 10_000 }).toBe('killed')
    const left = await applied()
    expect(left).toBeGreaterThan(0)
    expectExit(await given.dbsvc(['migrate', 'resume', (await listed())[0]?.runId ?? '']), ExitCode.Ok)
    expect(await applied()).toBe(0)
    const rest = await given.database.query(`select from dbsvc.ledger where name = '0001_orders'`)
    expect(rest).toHaveLength(companies.length)
    expect(await listed()).toMatchObject([
      { command: 'migrate down', applied: 0, undone: companies.length, state: 'succeeded' },
      { command: 'migrate up', applied: companies.length, undone: 0, state: 'succeeded' },
    ])
    const up = await given.dbsvc(['migrate', 'show', (await listed())[1]?.runId ?? '', '--json'])
    expect(up.json<{ targets: { outcome: string }[] }>().targets.map(({ outcome }) => outcome)).toEqual(
      companies.map(() => 'applied'),
    )
  })

  test('when a run or none is named that cannot be, then the error says so', async () => {
    expectError(await given.dbsvc(['migrate', 'pause']), ExitCode.NotFound, 'DBS-1310')
    expectError(await given.dbsvc(['migrate', 'show', 'ffffffff']), ExitCode.NotFound, 'DBS-1310')
    expectExit(await given.dbsvc(['migrate', 'up', '--tenant', 'c00']), ExitCode.Ok)
    expectExit(await given.dbsvc(['migrate', 'up', '--tenant', 'c01']), ExitCode.Ok)
    expectError(await given.dbsvc(['migrate', 'show', '']), ExitCode.NotFound, 'DBS-1310')
    const id = (await listed())[0]?.runId ?? ''
    expectError(await given.dbsvc(['migrate', 'pause', id]), ExitCode.Refused, 'DBS-1412')
    expectError(await given.dbsvc(['migrate', 'resume', id]), ExitCode.Refused, 'DBS-1412')
    const one = await given.dbsvc(['migrate', 'runs', '--limit', '1'])
    expect(one.stdout.trimEnd().split('\n')).toHaveLength(2)
  })
})

test('given a wave that wants approval, when it is through, then the run waits for resume', async () => {
  const given = await givenOrders({
    companies: ['a', 'b', 'c'],
    config: { migrations: { waves: [{ name: 'canary', companies: ['b'], approval: true }] } },
  })
  await given.write('migrations/postgres/tenant/0002_note.sql', migration('alter table orders add column note text;'))
  const having = () => given.database.query(`select company_id from dbsvc.ledger where name = '0002_note' order by 1`)
  const result = await given.dbsvc(['migrate', 'up', '--json'])
  expectExit(result, ExitCode.Pending)
  const { runId, outcome, lastWave } = result.json<{ runId: string; outcome: string; lastWave: string }>()
  expect({ outcome, lastWave }).toEqual({ outcome: 'paused', lastWave: 'canary' })
  expect(await having()).toEqual([{ company_id: 'b' }])
  expectExit(await given.dbsvc(['migrate', 'resume', runId]), ExitCode.Ok)
  expect(await having()).toHaveLength(3)
})

async function migrationText(given: Given, name: string): Promise<string> {
  const { readFile } = await import('node:fs/promises')
  return readFile(`${given.directory}/migrations/postgres/tenant/${name}.sql`, 'utf8')
}

test('given a run whose session on the server is ended, then it begins no further batch and says that the connection is lost', async () => {
  const given = await givenOrders({ companies, config: { migrations: { connections: 1, batchSize: 1 } } })
  await given.write('migrations/postgres/tenant/0002_note.sql', slow)
  const applied = async (): Promise<number> =>
    (await given.database.query(`select from dbsvc.ledger where name = '0002_note'`)).length
  const run = given.start(['migrate', 'up'])
  await expect.poll(applied, { timeout: 20_000, interval: 50 }).toBeGreaterThan(0)
  await given.database.query(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = x'64627372'::int
       and database = (select oid from pg_database where datname = current_database())`,
  )
  expectError(await run.exited, ExitCode.Engine, 'DBS-1105')
  expect(await applied()).toBeLessThan(companies.length)
  expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
  expect(await applied()).toBe(companies.length)
})
