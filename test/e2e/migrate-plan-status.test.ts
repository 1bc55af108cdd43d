import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { appliedTo, fingerprint } from './support/catalogue.ts'
import {
  expectError,
  expectExit,
  type Given,
  givenCluster,
  givenOrders,
  givenProject,
  migration,
  orders,
} from './support/given.ts'

interface PlanDocument {
  readonly schema: string
  readonly place: string
  readonly migrations: readonly {
    scope: string
    name: string
    sql: string | null
    targets: number
    transaction: boolean
  }[]
}

interface StatusDocument {
  readonly latest: { shared: string | null; tenant: string | null }
  readonly controlPending: number
  readonly groups: readonly {
    scope: string
    version: string | null
    targets: number
    applied: number
    pending: number | null
  }[]
}

describe('given an empty database', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenProject({ migrations: { 'postgres/tenant/0001_orders.sql': orders } })
  })

  test('when a plan is asked for, then it shows what dbsvc itself would set up, and the database stays empty', async () => {
    const before = await fingerprint(given.database)
    const result = await given.dbsvc(['migrate', 'plan'])
    expectExit(result, ExitCode.Ok)
    expect(result.stderr).toContain('nothing is written')
    expect(result.stdout).toContain('-- control 0001_roles on 1 target')
    expect(result.stdout).toContain('create schema dbsvc;')
    expect(await fingerprint(given.database)).toBe(before)
    expect(await given.database.query(`select from pg_namespace where nspname = 'dbsvc'`)).toEqual([])
  })

  test('when the status is asked for, then it says that the cluster is not set up, and --check that something is pending', async () => {
    const before = await fingerprint(given.database)
    const result = await given.dbsvc(['migrate', 'status', '--check'])
    expectExit(result, ExitCode.Pending)
    expect(result.stdout).toContain('this cluster is not set up for this dbsvc: dbsvc migrate up')
    expect(await fingerprint(given.database)).toBe(before)
  })
})

describe('given two companies on the first migration and more in the folder', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenOrders({ companies: ['abc', 'xyz'] })
    await given.write(
      'migrations/postgres/shared/0001_rates.sql',
      migration('create table rates (company_id text, rate numeric);'),
    )
    await given.write('migrations/postgres/tenant/0002_note.sql', migration('alter table orders add column note text;'))
    await given.write(
      'migrations/postgres/tenant/0003_index.ts',
      `export const up = (pgm) => { pgm.noTransaction(); pgm.createIndex('orders', 'note', { concurrently: true }) }`,
    )
    await given.write(
      'migrations/postgres/tenant/0004_asks.ts',
      `export const up = async (pgm) => { await pgm.db.query('create table written_by_plan (id int)') }`,
    )
  })

  test('when a plan is asked for, then it shows SQL, targets and peculiarities, and writes nothing', async () => {
    const before = await fingerprint(given.database)
    const result = await given.dbsvc(['migrate', 'plan'])
    expectExit(result, ExitCode.Ok)
    const plan = result.stdout
    expect(plan).toMatch(/^-- shared 0001_rates on 1 target, migrations\/postgres\/shared\/0001_rates\.sql$/m)
    expect(plan).toContain('create table rates (company_id text, rate numeric);')
    expect(plan).toMatch(/^-- tenant 0002_note on 2 targets, /m)
    expect(plan).toMatch(/^-- tenant 0003_index on 2 targets, .*, outside a transaction$/m)
    expect(plan).toContain('CREATE INDEX CONCURRENTLY')
    expect(plan).toMatch(/^-- tenant 0004_asks .*\n-- built for each target: the file asks the database$/m)
    expect(plan.indexOf('0001_rates')).toBeLessThan(plan.indexOf('0002_note'))
    expect(await fingerprint(given.database)).toBe(before)
  })

  test('when it is asked for with --scope, --to and --check, then it is cut there and the exit code says that something is pending', async () => {
    const result = await given.dbsvc(['migrate', 'plan', '--scope', 'tenant', '--to', '0003', '--check', '--json'])
    expectExit(result, ExitCode.Pending)
    const plan = result.json<PlanDocument>()
    expect(plan.schema).toBe('dbsvc/migrate.plan/1')
    expect(plan.migrations.map(({ name, targets, transaction }) => ({ name, targets, transaction }))).toEqual([
      { name: '0002_note', targets: 2, transaction: true },
      { name: '0003_index', targets: 2, transaction: false },
    ])
    expect(plan.migrations[0]?.sql).toContain('add column note text')
  })

  test('when the status is asked for, then each scope has its version and what is pending', async () => {
    const result = await given.dbsvc(['migrate', 'status'])
    expectExit(result, ExitCode.Ok)
    expect(result.stderr).toContain(given.database.database)
    expect(result.stdout.split('\n')).toEqual([
      'ENGINE    SCOPE   VERSION  TARGETS  STATE',
      'postgres  shared  -        1        1 pending',
      'postgres  tenant  0001     2        3 pending',
      '',
    ])
    expectExit(await given.dbsvc(['migrate', 'status', '--check']), ExitCode.Pending)
  })

  test('when one company is ahead, then the status has a group for each place', async () => {
    await given.database.query('alter table tenant_xyz.orders rename to moved_away')
    expectExit(await given.dbsvc(['migrate', 'up', '--to', '0002']), ExitCode.Failed)
    await given.database.query('alter table tenant_xyz.moved_away rename to orders')
    const status = (await given.dbsvc(['migrate', 'status', '--json'])).json<StatusDocument>()
    expect(status.latest).toEqual({ postgres: { shared: '0001', tenant: '0004' } })
    expect(status.groups).toEqual([
      expect.objectContaining({ scope: 'shared', version: '0001', targets: 1, pending: 0 }),
      expect.objectContaining({ scope: 'tenant', version: '0002', targets: 1, example: 'abc', pending: 2 }),
      expect.objectContaining({ scope: 'tenant', version: '0001', targets: 1, example: 'xyz', pending: 3 }),
    ])
    expect(await appliedTo(given.database, 'tenant', 'abc')).toEqual(['0001_orders', '0002_note'])
    expect((await given.dbsvc(['migrate', 'status'])).stdout).toContain('1 (xyz)')
  })
})

describe('given a cluster where everything is applied', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenCluster({ companies: ['abc'] })
  })

  test('when plan and status are asked for with --check, then nothing is pending', async () => {
    const plan = await given.dbsvc(['migrate', 'plan', '--check'])
    expectExit(plan, ExitCode.Ok)
    expect(plan.stdout).toBe('nothing is pending\n')
    const status = await given.dbsvc(['migrate', 'status', '--check'])
    expectExit(status, ExitCode.Ok)
    expect(status.stdout).toMatch(/^postgres {2}tenant {2}0004 +1 \(abc\) +up to date$/m)
  })

  test('when the folder is not what was applied, then the status shows it instead of failing', async () => {
    await given.write('migrations/postgres/tenant/0001_other.sql', orders)
    const result = await given.dbsvc(['migrate', 'status', '--check'])
    expectExit(result, ExitCode.Pending)
    expect(result.stdout).toContain('not as in the folder')
    // As `migrate up` refuses it.
    const refused = await given.dbsvc(['migrate', 'up'])
    const [said = ''] = /(?<=^error: ).*(?= \(DBS-1402\)$)/m.exec(refused.stderr) ?? []
    expect(said).toContain('its file is missing')
    expect(result.stdout).toContain(`\n${said}\nhint: `)
    expect(result.stdout).toContain('0001_users is applied to abc, but its file is missing')
    const json = await given.dbsvc(['migrate', 'status', '--json'])
    const { groups } = json.json<{ groups: { scope: string; mismatch: { code: string } | null }[] }>()
    expect(groups.map(({ scope, mismatch }) => [scope, mismatch?.code])).toEqual([
      ['shared', 'DBS-1402'],
      ['tenant', 'DBS-1402'],
    ])
  })
})

describe('given a database in which every transaction is read-only', () => {
  test('when plan and status are asked for, then they work, where migrate up does not', async () => {
    const given = await givenOrders({ companies: ['abc'] })
    const { database, query } = given.database
    await given.write('migrations/postgres/tenant/0002_note.sql', migration('alter table orders add column note text;'))
    await query(`alter database ${database} set default_transaction_read_only = on`)
    const plan = await given.dbsvc(['migrate', 'plan', '--check'])
    expectExit(plan, ExitCode.Pending)
    expect(plan.stdout).toContain('0002_note')
    expectExit(await given.dbsvc(['migrate', 'status', '--check']), ExitCode.Pending)
    expect((await given.dbsvc(['migrate', 'up'])).exitCode).not.toBe(ExitCode.Ok)
    await query(`alter database ${database} reset default_transaction_read_only`)
    expect(await appliedTo(given.database, 'tenant', 'abc')).toEqual(['0001_orders'])
  })
})

describe('given a user who may only read', () => {
  test('when it asks for a plan, then it gets one; when it migrates, then it is refused', async () => {
    const given = await givenOrders({ companies: ['abc'] })
    const user = `reader_${given.database.database}`
    await given.database.query(
      `create role ${user} login password 'reader-password'; grant pg_read_all_data to ${user}`,
    )
    await given.write('migrations/postgres/tenant/0002_note.sql', migration('alter table orders add column note text;'))
    const env = { DBSVC_POSTGRES_USER: user, DBSVC_POSTGRES_PASSWORD: 'reader-password' }
    const plan = await given.dbsvc(['migrate', 'plan'], { env })
    expectExit(plan, ExitCode.Ok)
    expect(plan.stdout).toContain('0002_note')
    expectError(await given.dbsvc(['migrate', 'up'], { env }), ExitCode.Engine, 'DBS-1104')
    expect(await appliedTo(given.database, 'tenant', 'abc')).toEqual(['0001_orders'])
  })
})
