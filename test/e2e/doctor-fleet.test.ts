import { cp, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { digestHistory } from '../../src/core/migration/history.ts'
import type { TestServer } from '../support/server.ts'
import { companiesOf } from './support/catalogue.ts'
import { expectExit, migration, orders } from './support/given.ts'
import { expectNothing, givenSetUpPatient, named, type Patient, startFlawlessServer } from './support/own-server.ts'

let server: TestServer
/** Of the shared role, whose password belongs to the server. */
let secrets: string
beforeAll(async () => {
  server = await startFlawlessServer()
  secrets = (await givenSetUpPatient(server)).secrets
})

const files = { 'postgres/tenant/0001_orders.sql': orders }
const givenOrders = (companies: readonly string[], migrations: Readonly<Record<string, string>> = files) =>
  givenSetUpPatient(server, { companies, migrations, config: { secrets: { directory: secrets } } })

describe('given companies that are not whole', () => {
  const only = ['--only', 'companies']

  test('when creating one was killed half-way, then it is named, but not while it is being created', async () => {
    const given = await givenOrders(['abc'], {
      ...files,
      'postgres/tenant/0002_vacuum.ts': `export const up = (pgm) => { pgm.noTransaction(); pgm.sql('vacuum orders') }`,
    })
    const holder = await given.database.connect()
    // What runs outside a transaction leaves a row here, once the company is committed.
    await holder.query('begin; lock table dbsvc.progress in access exclusive mode')
    const running = given.start(['tenant', 'create', 'half'])
    await expect.poll(() => companiesOf(given.database), { timeout: 10_000 }).toEqual(['abc', 'half'])
    expectNothing(await given.examine(only))
    running.kill('SIGKILL')
    await running.exited
    await holder.query('rollback')
    const stillThere = `select from pg_stat_activity where application_name like 'dbsvc tenant create%'`
    await expect.poll(() => given.database.query(stillThere), { timeout: 10_000 }).toEqual([])

    const diagnosis = await given.examine(only)
    expect(diagnosis.findings.map(({ id, message }) => [id, message])).toEqual([
      ['company-half-provisioned', 'company half is provisioning, and nobody is at it'],
    ])
    expect(diagnosis.findings[0]?.mend).toContain('dbsvc tenant create half')
    expectExit(await given.dbsvc(['tenant', 'create', 'half']), ExitCode.Ok)
    expectNothing(await given.examine(only))
  })

  test('when dropping one was killed half-way, then it is named, and the command finishes it', async () => {
    const given = await givenOrders(['abc', 'gone'])
    const holder = await given.database.connect()
    await holder.query('begin; lock table tenant_gone.orders in access exclusive mode')
    const running = given.start(['tenant', 'drop', 'gone', '--confirm', 'gone'])
    const dropping = `select from dbsvc.companies where state = 'dropping'`
    await expect.poll(() => given.database.query(dropping), { timeout: 10_000 }).toHaveLength(1)
    running.kill('SIGKILL')
    await running.exited
    await given.database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'dbsvc tenant drop%'`,
    )
    await holder.query('rollback')

    await expect
      .poll(async () => named(await given.examine(only)), { timeout: 15_000 })
      .toEqual(['companies company-half-dropped'])
    expectExit(await given.dbsvc(['tenant', 'drop', 'gone', '--confirm', 'gone']), ExitCode.Ok)
    expectNothing(await given.examine(only))
  })

  test('when schema, target or role are gone, or a schema has no company, then each is named', async () => {
    const given = await givenOrders(['homeless', 'untargeted'])
    expectExit(await given.dbsvc(['tenant', 'create', 'roleless', '--login']), ExitCode.Ok)
    await given.database.query(
      `drop schema tenant_homeless cascade; delete from dbsvc.targets where company_id = 'untargeted';
       drop owned by tenant_roleless; drop role tenant_roleless; create schema tenant_ghost; create schema "private_Ghost"`,
    )
    const { findings } = await given.examine(only)
    expect(findings.map(({ id, message }) => [id, message])).toEqual([
      ['company-without-schema', 'company homeless has no schema tenant_homeless'],
      ['company-without-target', 'company untargeted is not in dbsvc.targets'],
      ['company-without-role', 'company roleless has no role tenant_roleless'],
      ['schema-without-company', 'schema "private_Ghost" belongs to no company'],
      ['schema-without-company', 'schema tenant_ghost belongs to no company'],
    ])
  })
})

describe('given migrations that are not where they ought to be', () => {
  let given: Patient
  const only = ['--only', 'migrations', '--only', 'runs']
  beforeEach(async () => {
    given = await givenOrders(['abc', 'xyz'])
    expectNothing(await given.examine(only))
  })

  test('when one is pending, then doctor says where, and its command applies it', async () => {
    await given.write('migrations/postgres/tenant/0002_note.sql', migration('alter table orders add column note text;'))
    await given.write('migrations/postgres/shared/0001_countries.sql', migration('create table countries (code text);'))
    const diagnosis = await given.examine(only)
    expect(diagnosis.findings.map(({ id, message, mend }) => [id, message, mend])).toEqual([
      ['migrations-pending', 'the shared scope is at version -: 1 pending', 'dbsvc migrate up'],
      ['migrations-pending', '2 companies, such as abc, are at version 0001: 1 pending', 'dbsvc migrate up'],
    ])
    expect(diagnosis.exitCode).toBe(ExitCode.Pending)
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expectNothing(await given.examine(only))
  })

  test('when an applied file was changed, then doctor names it', async () => {
    await given.write('migrations/postgres/tenant/0001_orders.sql', `${orders}\n-- changed`)
    const diagnosis = await given.examine(only)
    expect(named(diagnosis)).toEqual(['migrations migrations-elsewhere'])
    expect(diagnosis.findings[0]?.message).toMatch(/0001_orders.*; 2 targets stand there$/s)
  })

  test('when the folder is not there, then the check says so, and the others are run', async () => {
    const diagnosis = await given.examine(only, { env: { DBSVC_MIGRATIONS_DIRECTORY: 'nowhere' } })
    expect(named(diagnosis)).toEqual(['migrations check-not-run'])
    expect(diagnosis.checks).toContainEqual(expect.objectContaining({ id: 'runs', outcome: 'passed' }))
  })

  test('when one failed on a company, then doctor says on which and why, until it is applied', async () => {
    await given.database.query('alter table tenant_xyz.orders add column note integer')
    await given.write('migrations/postgres/tenant/0002_note.sql', migration('alter table orders add column note text;'))
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Failed)
    const { findings } = await given.examine(only)
    expect(findings.map(({ id, message }) => [id, message])).toEqual([
      ['migrations-pending', 'xyz is at version 0001: 1 pending'],
      [
        'targets-failed',
        expect.stringMatching(/^0002_note failed on 1 target, such as xyz: .*"note".* already exists.* \(DBS-1501\)$/s),
      ],
    ])
    expectExit(await given.dbsvc((findings[1]?.mend ?? '').split(' ').slice(1)), ExitCode.Ok)
    await given.database.query('alter table tenant_xyz.orders drop column note')
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expectNothing(await given.examine(only))
  })

  test('when a run is paused or killed, then doctor names it, but not while it is alive', async () => {
    await given.write(
      'migrations/postgres/tenant/0002_slow.sql',
      migration('alter table orders add column note text; select pg_sleep(0.5);'),
    )
    const one = { env: { DBSVC_MIGRATIONS_BATCH_SIZE: '1', DBSVC_MIGRATIONS_CONNECTIONS: '1' } }
    const someApplied = () =>
      expect
        .poll(() => given.database.query(`select from dbsvc.ledger where name = '0002_slow'`), {
          interval: 20,
          timeout: 20_000,
        })
        .not.toEqual([])
    const run = given.start(['migrate', 'up'], one)
    await someApplied()
    expect(named(await given.examine(['--only', 'runs']))).toEqual([])
    await run.exited

    await given.write(
      'migrations/postgres/tenant/0003_slower.sql',
      migration('alter table orders add column more text; select pg_sleep(2);'),
    )
    // Neither run is to come to its end before it is met, however long other commands take.
    const holder = await given.database.connect()
    const hold = (company: string) =>
      holder.query(`begin; lock table tenant_${company}.orders in access exclusive mode`)
    await hold('abc')
    const paused = given.start(['migrate', 'up'], one)
    await expect.poll(async () => (await given.dbsvc(['migrate', 'pause'])).exitCode, { timeout: 20_000 }).toBe(0)
    await holder.query('rollback')
    expectExit(await paused.exited, ExitCode.Pending)
    const left = await given.examine(['--only', 'runs'])
    expect(named(left)).toEqual(['runs run-paused'])
    expect(left.findings[0]?.message).toMatch(/^run [0-9a-f-]{36} \(migrate up, begun .* by .*\) was left paused$/)
    const resume = /dbsvc (migrate resume \S+),/.exec(left.findings[0]?.mend ?? '')?.[1]?.split(' ') ?? []
    await hold('xyz')
    const resumed = given.start(resume, one)
    await expect.poll(async () => named(await given.examine(['--only', 'runs'])), { timeout: 15_000 }).toEqual([])
    resumed.kill('SIGKILL')
    await resumed.exited
    await holder.query('rollback')
    await holder.end()
    await expect
      .poll(async () => named(await given.examine(['--only', 'runs'])), { timeout: 15_000 })
      .toEqual(['runs run-killed'])
    expectExit(await given.dbsvc(resume), ExitCode.Ok)
    expectNothing(await given.examine(only))
  })
})

describe('given companies that were changed by hand', () => {
  test('when most are alike, then the others are named; when none are, then that is said', async () => {
    const given = await givenOrders(['aa', 'bb', 'cc'])
    const only = ['--only', 'drift']
    await given.database.query('alter table tenant_bb.orders add column extra text')
    const diagnosis = await given.examine(only)
    expect(diagnosis.findings.map(({ id, message, mend }) => [id, message, mend])).toEqual([
      [
        'company-drifted',
        'bb: not the structure that most of 3 companies at version 0001 have',
        'dbsvc drift --tenant bb, then dbsvc drift --fix',
      ],
    ])
    expectExit(await given.dbsvc(['drift', '--tenant', 'bb']), ExitCode.Failed)

    await given.database.query('alter table tenant_cc.orders drop column amount')
    const torn = await given.examine(only)
    expect(torn.findings.map(({ id, message }) => [id, message])).toEqual([
      ['no-majority', '3 companies at version 0001 have no structure in common, such as aa, bb, cc'],
    ])
    expect(torn.exitCode).toBe(ExitCode.Pending)
  })
})

describe('given a native time series', () => {
  let given: Patient
  const only = ['--only', 'time-series']
  const partitions = () =>
    given.database.query<{ name: string; now: boolean }>(
      `select relname as name, relname = 'ticks_p' || to_char(date_trunc('hour', now() at time zone 'UTC'), 'YYYYMMDD"t"HH24MISS') as now
       from pg_class where relname ~ '^ticks_p\\d' and relkind = 'r' order by 1`,
    )
  beforeEach(async () => {
    given = await givenOrders([], {
      'postgres/shared/0001_ticks.sql': migration(
        `create table ticks (time timestamptz not null, company_id varchar(50) not null, price numeric(10, 5));
         select dbsvc.create_time_series('ticks', 'time', chunk => interval '1 hour');`,
      ),
    })
    expectNothing(await given.examine(only))
  })

  test('when the partition of now is gone, then that is found, and --fix makes it and moves the rows', async () => {
    const now = (await partitions()).find((partition) => partition.now)
    await given.database.query(
      `drop table private_shared.${now?.name}; insert into private_shared.ticks values (now(), 'abc', 1)`,
    )
    const diagnosis = await given.examine(only)
    expect(diagnosis.findings.map(({ id, message }) => [id, message])).toEqual([
      ['partition-missing', 'public.ticks has no partition for now'],
      ['default-rows', expect.stringMatching(/^public\.ticks has 1 rows in its default partition, from /)],
    ])
    const mended = await given.examine([...only, '--fix'])
    expect(mended.findings.map(({ id, fixed }) => [id, fixed])).toContainEqual(['partition-missing', true])
    expect(await partitions()).toContainEqual(now)
    expect(await given.database.query('select company_id from only private_shared.ticks_default')).toEqual([])
    expect(await given.database.query(`select company_id from private_shared.${now?.name}`)).toEqual([
      { company_id: 'abc' },
    ])
    expectNothing(await given.examine(only))
  })

  test('when those ahead come to an end, then that is found, and --fix makes more', async () => {
    const all = await partitions()
    const ahead = all.slice(all.findIndex(({ now }) => now) + 3)
    for (const { name } of ahead) await given.database.query(`drop table private_shared.${name}`)
    const diagnosis = await given.examine(only)
    expect(named(diagnosis)).toEqual(['time-series partitions-ending'])
    expect(diagnosis.findings[0]?.message).toMatch(
      /^public\.ticks has partitions until \d{4}-\d\d-\d\dT\d\d:00:00Z only$/,
    )
    expect(diagnosis.exitCode).toBe(ExitCode.Pending)
    expect((await given.examine([...only, '--fix'])).exitCode).toBe(ExitCode.Ok)
    expect(await partitions()).toHaveLength(all.length)
    expectNothing(await given.examine(only))
  })

  test('when rows lie outside of all partitions, then it says how many and when, and its commands place or delete them', async () => {
    const insert = (...times: string[]) =>
      given.database.query(
        `insert into private_shared.ticks values ${times.map((time) => `('${time}', 'abc', 1)`).join(', ')}`,
      )
    const mend = async (): Promise<string> => {
      const [found] = (await given.examine(only)).findings
      expect(found).toMatchObject({ id: 'default-rows', fixed: false })
      return found?.mend ?? ''
    }
    await insert('1999-12-31T00:00:00Z', '2222-02-02T00:00:00Z')
    const diagnosis = await given.examine([...only, '--fix'])
    expect(diagnosis.findings.map(({ id, message, fixed }) => [id, message, fixed])).toEqual([
      [
        'default-rows',
        expect.stringMatching(/^public\.ticks has 2 rows in its default partition, from 1999-12-31 .* to 2222-02-02 /),
        false,
      ],
    ])
    await given.database.query(await mend())
    expect(await given.database.query('select time::date::text from private_shared.ticks_default')).toEqual([
      { time: '2222-02-02' },
    ])
    await given.database.query(await mend())
    expectNothing(await given.examine(only))

    await insert('infinity')
    expect(await mend()).toBe('select * from private_shared.ticks_default, then delete what has no time')
    await given.database.query('delete from private_shared.ticks_default')
    await keepForADay()
    expectExit(await given.dbsvc(['retention', 'run']), ExitCode.Ok)
    await insert('2001-02-03T00:00:00Z')
    expect(await mend()).toBe('dbsvc retention run')
    expectExit(await given.dbsvc(['retention', 'run']), ExitCode.Ok)
    expectNothing(await given.examine(only))
  })

  const keepForADay = () =>
    given.database.query(
      `begin; set local role dbsvc_owner; select dbsvc.keep_time_series('ticks', interval '1 day'); commit`,
    )

  test('when what is too old has not been dropped for a day, then that is found, and its command drops it', async () => {
    await keepForADay()
    await given.database.query(
      `begin; set local role dbsvc_owner; select dbsvc.extend_time_series('public', 'ticks', now() - interval '50 hours'); commit`,
    )
    const diagnosis = await given.examine(only)
    expect(diagnosis.exitCode).toBe(ExitCode.Pending)
    expect(diagnosis.findings.map(({ id, message, mend }) => [id, message, mend])).toEqual([
      [
        'rows-overdue',
        expect.stringMatching(
          /^public\.ticks has [12] chunks or partitions that are too old to be kept, the oldest until \d{4}-\d\d-\d\dT\d\d:00:00Z$/,
        ),
        'dbsvc retention run',
      ],
    ])
    expectExit(await given.dbsvc(['retention', 'run']), ExitCode.Ok)
    expectNothing(await given.examine(only))
  })
})

describe('given context keys', () => {
  let given: Patient
  const only = ['--only', 'context-keys']
  const key = async (): Promise<string> =>
    (
      await given.database.query<{ key_id: string }>('select key_id from dbsvc.context_keys order by created_at desc')
    )[0]?.key_id ?? ''
  const found = async (env: Record<string, string> = {}): Promise<unknown[]> =>
    (await given.examine(only, { env })).findings.map(({ id, message }) => [id, message])
  beforeEach(async () => {
    const own = await mkdtemp(join(inject('runDirectory'), 'secrets-'))
    await cp(secrets, own, { recursive: true })
    given = await givenSetUpPatient(server, { migrations: files, config: { secrets: { directory: own } } })
    expectNothing(await given.examine(only))
  })

  test('when this machine has none, then that is found', async () => {
    expect(await found({ DBSVC_SECRETS_DIRECTORY: 'nowhere' })).toEqual([
      ['key-missing', expect.stringMatching(/nowhere holds no postgres-main-context-keys$/)],
    ])
  })

  test('when the database does not have it, then that is found, and migrate up brings it there', async () => {
    await given.database.query('delete from dbsvc.context_keys')
    expect(await found()).toEqual([['key-not-accepted', expect.stringContaining('is not in the database')]])
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expectNothing(await given.examine(only))
  })

  test('when the one in use is being retired, then that is found', async () => {
    await given.database.query(`update dbsvc.context_keys set retires_at = now() + interval '1 hour'`)
    expect(await found()).toEqual([['key-not-accepted', expect.stringMatching(/is accepted until \S+Z only$/)]])
  })

  test('when the database has another secret under its name, then that is found', async () => {
    await given.database.query(`update dbsvc.context_keys set inner_pad = sha512('another')`)
    expect(await found()).toEqual([['key-mismatch', `context key ${await key()} has another secret here`]])
  })

  test('when another machine has rotated it, then this one is told; when the old one stays, then the other', async () => {
    const old = await key()
    const elsewhere = await mkdtemp(join(inject('runDirectory'), 'secrets-'))
    await cp(secrets, elsewhere, { recursive: true })
    const there = { DBSVC_SECRETS_DIRECTORY: elsewhere }
    expectExit(await given.dbsvc(['key', 'rotate'], { env: there }), ExitCode.Ok)
    const current = await key()
    expect(await found()).toEqual([
      ['key-newer-elsewhere', `context key ${current} is newer than ${old}, which this machine signs with`],
    ])
    expect(await found(there)).toEqual([])
    await given.database.query(`update dbsvc.context_keys set created_at = created_at - interval '2 days'`)
    expect(await found(there)).toEqual([
      ['key-not-retired', expect.stringMatching(`^context key ${old} is still accepted`)],
    ])
    expectExit(await given.dbsvc(['key', 'retire', old], { env: there }), ExitCode.Ok)
    expect(await found(there)).toEqual([])
  })

  test('when it is old, then that is found, and rotating it is enough', async () => {
    await given.database.query(`update dbsvc.context_keys set created_at = now() - interval '400 days'`)
    expect(await found()).toEqual([['key-old', `context key ${await key()} is 400 days old`]])
    expectExit(await given.dbsvc(['key', 'rotate']), ExitCode.Ok)
    expectNothing(await given.examine(only))
  })
})

describe('given a control schema of another dbsvc', () => {
  let given: Patient
  beforeEach(async () => {
    given = await givenOrders(['abc'])
  })

  /** Puts the record where a dbsvc with these control migrations would have left it. */
  async function pretend(change: string): Promise<void> {
    await given.database.query(change)
    const ledger = await given.database.query<{ name: string; version: string; checksum: string }>(
      `select name, version, checksum from dbsvc.ledger where scope = 'control' order by position`,
    )
    await given.database.query(`update dbsvc.targets set history = '${digestHistory(ledger)}' where scope = 'control'`)
  }

  test.each([
    [
      'control-behind',
      `delete from dbsvc.ledger where scope = 'control' and position = (select max(position) from dbsvc.ledger where scope = 'control')`,
      'schema dbsvc lacks 00',
    ],
    [
      'control-newer',
      `insert into dbsvc.ledger (engine, cluster, scope, position, version, name, checksum)
         select engine, cluster, scope, position + 1, '9999', '9999_future', 'x' from dbsvc.ledger where scope = 'control' order by position desc limit 1`,
      '9999_future',
    ],
    [
      'control-changed',
      `update dbsvc.ledger set checksum = 'other' where scope = 'control' and name like '0002%'`,
      '0002_ledger',
    ],
  ])('when it is %s, then that is the one finding', async (finding, change, names) => {
    await pretend(change)
    const diagnosis = await given.examine()
    expect(named(diagnosis)).toEqual([`control ${finding}`])
    expect(diagnosis.findings[0]?.message).toContain(names)
    expect(diagnosis.exitCode).toBe(ExitCode.Failed)
  })
})
