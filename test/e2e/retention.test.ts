import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { startWireProxy } from '../support/wire-proxy.ts'
import { expectError, expectExit, type Given, givenCluster, givenProject, migration } from './support/given.ts'

const ticks = migration(
  `create table ticks (time timestamptz not null, company_id varchar(50) not null, price numeric(10, 5));
   select dbsvc.create_time_series('ticks', 'time', chunk => interval '1 hour', keep => interval '6 hours');`,
  `select dbsvc.drop_time_series('ticks');`,
)
const quotes = migration(
  `create table quotes (time timestamptz not null, price numeric(10, 5));
   select dbsvc.create_time_series('quotes', 'time', chunk => interval '1 day');`,
  `select dbsvc.drop_time_series('quotes');`,
)

interface Group {
  readonly scope: string
  readonly name: string
  readonly keep: string | null
  readonly series: number
  readonly due: number
  readonly expired: number
  readonly short: number
}

let given: Given
beforeAll(async () => {
  given = await givenCluster({
    companies: ['abc', 'xyz'],
    migrations: { 'postgres/shared/0001_ticks.sql': ticks, 'postgres/tenant/0001_quotes.sql': quotes },
  })
  await given.database.query(
    `begin; set local role dbsvc_owner; select dbsvc.extend_time_series('public', 'ticks', now() - interval '60 hours');
     insert into private_shared.ticks values (now() - interval '20 hours', 'abc', 1), (now(), 'abc', 2), ('2001-02-03', 'abc', 3); commit`,
  )
})

const list = async (): Promise<readonly Group[]> => {
  const result = await given.dbsvc(['retention', 'list', '--json'])
  expectExit(result, ExitCode.Ok)
  expect(result.json()).toMatchObject({ schema: 'dbsvc/retention.list/1', place: expect.stringContaining('127.0.0.1') })
  return result.json<{ groups: readonly Group[] }>().groups
}

describe('given time series of all companies and of each', () => {
  test('when they are listed, then those of companies are one line, and what is too old is counted', async () => {
    const [shared, tenant] = await list()
    expect(shared).toMatchObject({ scope: 'shared', name: 'ticks', kind: 'partitions', keep: '06:00:00', series: 1 })
    expect([shared?.due, shared?.short]).toEqual([1, 0])
    expect(shared?.expired).toBeGreaterThanOrEqual(48)
    expect(tenant).toMatchObject({ scope: 'tenant', name: 'quotes', keep: null, series: 2, due: 0, expired: 0 })
    const { stdout } = await given.dbsvc(['retention', 'list'])
    expect(stdout).toMatch(
      /^SCOPE +NAME +KIND +CHUNK +KEEP +SERIES +DUE +EXPIRED +SHORT\nshared +ticks +partitions +01:00:00 +06:00:00 +1 +1 +\d+ +0\ntenant +quotes +partitions +1 day +for ever +2 +0 +0 +0\n$/,
    )
  })

  test('when it is asked what it would do, then it says so and does nothing', async () => {
    const before = await list()
    const result = await given.dbsvc(['retention', 'run', '--dry-run'])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toMatch(
      /^public\.ticks: to be done: \d+ partitions dropped, 1 rows of the default partition deleted\n$/,
    )
    expect(result.stderr).toContain('looking at the time series of 127.0.0.1')
    expect(await list()).toEqual(before)
  })

  test('when it runs, then it says what it did, and what is to be kept is there', async () => {
    const result = await given.dbsvc(['retention', 'run', '--json'])
    expectExit(result, ExitCode.Ok)
    expect(result.json()).toMatchObject({
      schema: 'dbsvc/retention.run/1',
      dryRun: false,
      now: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      series: [{ series: 'public.ticks', kind: 'partitions', made: 0, deleted: 1 }],
    })
    expect(await given.database.query('select price::int from private_shared.ticks')).toEqual([{ price: 2 }])
    expect(await list()).toMatchObject([{ due: 0, expired: 0 }, { due: 0 }])
    expect((await given.dbsvc(['retention', 'run'])).stdout).toBe('nothing to do\n')
  })

  test('when it has been interrupted, then it ends between two transactions and says so', async () => {
    await given.database.query(
      `begin; set local role dbsvc_owner; select dbsvc.extend_time_series('public', 'ticks', now() - interval '60 hours'); commit`,
    )
    const holder = await given.database.connect()
    await holder.query('begin; select count(*) from private_shared.ticks')
    const running = given.start(['retention', 'run'])
    const waiting = () =>
      given.database.query(`select from pg_locks where not granted and relation = 'private_shared.ticks'::regclass`)
    await expect.poll(waiting, { timeout: 10_000 }).toHaveLength(1)
    running.kill('SIGINT')
    await holder.query('commit')
    await holder.end()
    const result = await running.exited
    expectError(result, ExitCode.Interrupted, 'DBS-1904')
    expect((await list())[0]?.expired).toBeGreaterThan(0)
    expectExit(await given.dbsvc(['retention', 'run']), ExitCode.Ok)
    expect((await list())[0]?.expired).toBe(0)
  })
})

test('given a cluster that is not set up, when it is asked for, then it says what to do', async () => {
  const empty = await givenProject()
  expectError(await empty.dbsvc(['retention', 'run']), ExitCode.Refused, 'DBS-1406')
  expectError(await empty.dbsvc(['retention', 'list']), ExitCode.Refused, 'DBS-1406')
})

test('given a user who is no superuser, when it is run, then it drops what is due', async () => {
  const plain = await givenProject({
    migrations: { 'postgres/shared/0001_ticks.sql': ticks, 'postgres/tenant/0001_quotes.sql': quotes },
  })
  const { database } = plain
  const user = `plain_${database.database}`
  await database.query(
    `create role ${user} login password 'of the plain' createrole;
     grant dbsvc_owner, dbsvc_keeper, dbsvc_companies, database_service_role to ${user} with admin option;
     alter database ${database.database} owner to ${user}`,
  )
  const env = { DBSVC_POSTGRES_USER: user, DBSVC_POSTGRES_PASSWORD: 'of the plain' }
  for (const words of [
    ['migrate', 'up'],
    ['tenant', 'create', 'abc'],
  ])
    expectExit(await plain.dbsvc(words, { env }), ExitCode.Ok)
  await database.query(
    `begin; set local role dbsvc_owner; select dbsvc.extend_time_series('public', 'ticks', now() - interval '60 hours'); commit`,
  )
  const result = await plain.dbsvc(['retention', 'run'], { env })
  expectExit(result, ExitCode.Ok)
  expect(result.stdout).toMatch(/^public\.ticks: \d+ partitions dropped\n$/)
})

test('given no server, when it is asked for, then it cannot be reached', async () => {
  const env = { DBSVC_POSTGRES_PORT: '1' }
  expectError(await given.dbsvc(['retention', 'run'], { env }), ExitCode.Engine, 'DBS-1101')
})

test('given many companies, when it looks for what is due, then it asks no more than for few', async () => {
  const requests = async (): Promise<number> => {
    const proxy = await startWireProxy(given.database)
    const env = { DBSVC_POSTGRES_PORT: String(proxy.port) }
    for (const words of [
      ['retention', 'run'],
      ['retention', 'list'],
    ])
      expectExit(await given.dbsvc(words, { env }), ExitCode.Ok)
    await proxy.close()
    return proxy.requests.length
  }
  const few = await requests()
  const more = Array.from({ length: 20 }, (_, index) => `more_${index}`)
  expectExit(await given.dbsvc(['tenant', 'create', ...more]), ExitCode.Ok)
  expect(await requests()).toBe(few)
})
