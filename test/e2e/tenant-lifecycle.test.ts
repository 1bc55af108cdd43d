import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { asCompany } from './support/as-company.ts'
import { appliedTo, companiesOf, fingerprint, relationsIn } from './support/catalogue.ts'
import { expectError, expectExit, type Given, givenCluster, givenOrders, secretsDirectory } from './support/given.ts'

const stateOf = async ({ database }: Given, company: string): Promise<unknown> =>
  (await database.query('select state from dbsvc.companies where company_id = $1', [company]))[0]?.state

const loginPassword = (company: string): Promise<string> =>
  readFile(join(secretsDirectory(), `postgres-main-login-${company}`), 'utf8')

describe('given companies of several tiers and states', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenOrders({ companies: ['small', 'other'] })
    expectExit(
      await given.dbsvc(['tenant', 'create', 'big', '--tier', 'enterprise', '--name', 'Big & Co']),
      ExitCode.Ok,
    )
    expectExit(await given.dbsvc(['tenant', 'suspend', 'other']), ExitCode.Ok)
  })

  test('when they are listed, then each has a line with tier, state and version', async () => {
    const result = await given.dbsvc(['tenant', 'list'])
    expectExit(result, ExitCode.Ok)
    const day = new Date().toISOString().slice(0, 10)
    expect(result.stdout.split('\n')).toEqual([
      'COMPANY  NAME      TIER        STATE      VERSION  CREATED',
      `big      Big & Co  enterprise  active     0001     ${day}`,
      `other    other     free        suspended  0001     ${day}`,
      `small    small     free        active     0001     ${day}`,
      '',
    ])
  })

  test('when the list is narrowed with --state or --tier, then only those are in it', async () => {
    const listed = async (...flags: string[]) => {
      const result = await given.dbsvc(['tenant', 'list', '--json', ...flags])
      expectExit(result, ExitCode.Ok)
      return result.json<{ companies: { company: string }[] }>().companies.map(({ company }) => company)
    }
    expect(await listed('--state', 'suspended')).toEqual(['other'])
    expect(await listed('--tier', 'free')).toEqual(['other', 'small'])
    expect(await listed('--tier', 'free', '--state', 'active')).toEqual(['small'])
    expect(await listed('--state', 'provisioning')).toEqual([])
    expectError(await given.dbsvc(['tenant', 'list', '--state', 'gone']), ExitCode.Usage, 'DBS-1903')
  })

  test('when one is shown, then it agrees with what PostgreSQL says', async () => {
    const result = await given.dbsvc(['tenant', 'show', 'big', '--json'])
    expectExit(result, ExitCode.Ok)
    const [size] = await given.database.query<{ bytes: number }>(
      `select sum(pg_total_relation_size(oid))::float8 as bytes from pg_class
       where relnamespace = 'tenant_big'::regnamespace and relkind = 'r'`,
    )
    expect(result.json()).toMatchObject({
      schema: 'dbsvc/tenant.show/1',
      company: 'big',
      name: 'Big & Co',
      tier: 'enterprise',
      state: 'active',
      loginRole: null,
      postgres: {
        schema: 'tenant_big',
        version: '0001',
        migrations: 1,
        tables: 1,
        sizeBytes: size?.bytes,
        connections: 0,
      },
      events: [{ event: 'created', actor: given.database.user }],
    })
    const text = await given.dbsvc(['tenant', 'show', 'other'])
    expect(text.stdout).toMatch(/^state {8}suspended$/m)
    expect(text.stdout).toMatch(/^event {8}\S+ suspended by /m)
  })

  test.each([
    'show',
    'suspend',
    'resume',
  ])('when an unknown one is to be %sn, then it is not found', async (command) => {
    const result = await given.dbsvc(['tenant', command, 'nobody'])
    expectError(result, ExitCode.NotFound, 'DBS-1203')
    expect(result.stderr).toContain('there is no company nobody')
  })
})

describe('given an active company with a LOGIN role', () => {
  let given: Given
  const context = { company: 'stopped_co' }
  beforeAll(async () => {
    given = await givenOrders({ companies: ['bystander'] })
    expectExit(await given.dbsvc(['tenant', 'create', 'stopped_co', '--login']), ExitCode.Ok)
    await asCompany(given.database, context, 'insert into orders values (1, 10)')
  })

  test('when it is suspended, then its requests are refused, its open sessions ended, and its data stay', async () => {
    const session = await given.database.connect('tenant_stopped_co', await loginPassword('stopped_co'))
    const result = await given.dbsvc(['tenant', 'suspend', 'stopped_co'])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toBe('stopped_co refused from now on\n')
    await expect(session.query('select 1')).rejects.toThrow()
    await expect(asCompany(given.database, context, 'select * from orders')).rejects.toThrow(
      'company stopped_co is suspended',
    )
    await expect(given.database.connect('tenant_stopped_co', await loginPassword('stopped_co'))).rejects.toThrow(
      'not permitted to log in',
    )
    expect(await stateOf(given, 'stopped_co')).toBe('suspended')
    expect(await given.database.query('select id from tenant_stopped_co.orders')).toEqual([{ id: '1' }])
    expect(await asCompany(given.database, { company: 'bystander' }, 'select * from orders')).toEqual([])
  })

  test('when it is suspended again, then it says so and nothing changes', async () => {
    const before = await fingerprint(given.database)
    const result = await given.dbsvc(['tenant', 'suspend', 'stopped_co', '--json'])
    expectExit(result, ExitCode.Ok)
    expect(result.json()).toEqual({
      schema: 'dbsvc/tenant.suspend/1',
      place: expect.stringContaining(given.database.database),
      company: 'stopped_co',
      state: 'suspended',
      changed: false,
    })
    expect(await fingerprint(given.database)).toBe(before)
  })

  test('when migrations are rolled out meanwhile, then it is taken along', async () => {
    await given.write(
      'migrations/postgres/tenant/0002_note.sql',
      '-- Up Migration\nalter table orders add column note text;',
    )
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(await appliedTo(given.database, 'tenant', 'stopped_co')).toEqual(['0001_orders', '0002_note'])
  })

  test('when it is resumed, then it is let in again with what it had', async () => {
    const result = await given.dbsvc(['tenant', 'resume', 'stopped_co'])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toBe('stopped_co let in again\n')
    expect(await asCompany(given.database, context, 'select id from orders')).toEqual([{ id: '1' }])
    const session = await given.database.connect('tenant_stopped_co', await loginPassword('stopped_co'))
    expect((await session.query('select id from orders')).rows).toEqual([{ id: '1' }])
    expect(
      await given.database.query(
        `select event from dbsvc.company_events where company_id = 'stopped_co' order by event_id`,
      ),
    ).toEqual([{ event: 'created' }, { event: 'suspended' }, { event: 'resumed' }])
    expect((await given.dbsvc(['tenant', 'resume', 'stopped_co'])).stdout).toBe('stopped_co is active already\n')
  })
})

describe('given two companies with data in tables of their own and in shared ones', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenCluster({ companies: ['keeps'] })
    expectExit(await given.dbsvc(['tenant', 'create', 'leaves', '--login']), ExitCode.Ok)
    for (const company of ['keeps', 'leaves']) {
      await asCompany(
        given.database,
        { company },
        `insert into market_data (company_id, symbol) select '${company}', 'X' from generate_series(1, 3)`,
      )
      await asCompany(
        given.database,
        { company },
        `insert into trading_ticks (time, company_id, user_id, symbol) values (now(), '${company}', 'u', 'X')`,
      )
      expectExit(await given.dbsvc(['tenant', 'config', 'set', company, 'colour', '"red"']), ExitCode.Ok)
    }
  })
  const expectAll = async (): Promise<void> => {
    expect(await companiesOf(given.database)).toEqual(['keeps', 'leaves'])
    expect(await relationsIn(given.database, 'tenant_leaves')).toHaveLength(4)
    expect(await given.database.query(`select from public.market_data where company_id = 'leaves'`)).toHaveLength(3)
  }

  test.each([
    [[], 'dropping leaves destroys its data'],
    [['--confirm', 'keeps'], '--confirm says keeps, but the company is leaves'],
    [['--confirm', 'LEAVES'], '--confirm says LEAVES'],
    [['--confirm', ''], 'destroys its data'],
  ])('when it is dropped with %j, then nothing happens and the command to paste is shown', async (flags, reason) => {
    const result = await given.dbsvc(['tenant', 'drop', 'leaves', ...flags])
    expectError(result, ExitCode.Usage, 'DBS-1204')
    expect(result.stderr).toContain(reason)
    expect(result.stderr).toContain('hint: dbsvc tenant drop leaves --confirm leaves')
    await expectAll()
  })

  test('when an unknown one is dropped, then it is not found', async () => {
    expectError(await given.dbsvc(['tenant', 'drop', 'nobody', '--confirm', 'nobody']), ExitCode.NotFound, 'DBS-1203')
    await expectAll()
  })

  test('when it is dropped with its name typed again, then schema, role, secret and shared rows are gone, and the other has all of its own', async () => {
    const session = await given.database.connect('tenant_leaves', await loginPassword('leaves'))
    const result = await given.dbsvc(['tenant', 'drop', 'leaves', '--confirm', 'leaves', '--json'])
    expectExit(result, ExitCode.Ok)
    expect(result.json()).toMatchObject({ schema: 'dbsvc/tenant.drop/1', company: 'leaves', relations: 4 })
    await expect(session.query('select 1')).rejects.toThrow()
    const { database } = given
    expect(await companiesOf(database)).toEqual(['keeps'])
    expect(
      await database.query(`select from pg_namespace where nspname in ('tenant_leaves', 'private_leaves')`),
    ).toEqual([])
    expect(await database.query(`select from pg_roles where rolname = 'tenant_leaves'`)).toEqual([])
    expect(await appliedTo(database, 'tenant', 'leaves')).toEqual([])
    await expect(access(join(secretsDirectory(), 'postgres-main-login-leaves'))).rejects.toThrow('ENOENT')
    for (const table of [
      'public.market_data',
      'private_shared.trading_ticks',
      'public.tenant_configurations',
      'public.tenant_configuration_history',
    ]) {
      expect(await database.query(`select distinct company_id from ${table}`), table).toEqual([{ company_id: 'keeps' }])
    }
    expect(await database.query('select from public.market_data')).toHaveLength(3)
    expect(await relationsIn(database, 'tenant_keeps')).toHaveLength(4)
    expect(
      await database.query(`select event from dbsvc.company_events where company_id = 'leaves' order by event_id`),
    ).toEqual([{ event: 'created' }, { event: 'dropped' }])
  })

  test('when its requests still come in, then they are refused', async () => {
    await expect(asCompany(given.database, { company: 'leaves' }, 'select 1')).rejects.toThrow(
      'company leaves is unknown',
    )
  })

  test('when a company of that name is created anew, then it starts empty', async () => {
    expectExit(await given.dbsvc(['tenant', 'create', 'leaves']), ExitCode.Ok)
    expect(await asCompany(given.database, { company: 'leaves' }, 'select * from market_data')).toEqual([])
    expect(await asCompany(given.database, { company: 'leaves' }, 'select * from tenant_configurations')).toEqual([])
  })
})

describe('given a company that a crash left half-dropped', () => {
  test('when drop is run again, then it finishes; until then nothing else is done with it', async () => {
    const given = await givenOrders({ companies: ['halfway'] })
    await given.database.query(`update dbsvc.companies set state = 'dropping'; drop table tenant_halfway.orders`)
    for (const args of [
      ['suspend', 'halfway'],
      ['resume', 'halfway'],
      ['create', 'halfway'],
    ]) {
      expectError(await given.dbsvc(['tenant', ...args]), ExitCode.Refused, 'DBS-1206')
    }
    expectExit(await given.dbsvc(['tenant', 'drop', 'halfway', '--confirm', 'halfway']), ExitCode.Ok)
    expect(await companiesOf(given.database)).toEqual([])
    expect(await given.database.query(`select from pg_namespace where nspname = 'tenant_halfway'`)).toEqual([])
  })
})
