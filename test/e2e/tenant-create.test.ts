import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { asCompany } from './support/as-company.ts'
import { appliedTo, companiesOf, fingerprint, relationsIn } from './support/catalogue.ts'
import { expectError, expectExit, type Given, givenCluster, givenOrders, secretsDirectory } from './support/given.ts'

interface CreateDocument {
  readonly schema: string
  readonly companies: readonly { company: string; created: boolean; loginSecret: string | null }[]
  readonly failures: readonly unknown[]
}

const registryOf = ({ database }: Given, company: string) =>
  database.query('select name, tier, labels, limits, state, login_role from dbsvc.companies where company_id = $1', [
    company,
  ])

describe('given a cluster with the schema that ships', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenCluster()
  })

  test('when two companies are created, then each has its schema with the four tables, and its row', async () => {
    const result = await given.dbsvc(['tenant', 'create', 'company_abc', 'company_xyz'])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toBe('company_abc created\ncompany_xyz created\n')
    expect(result.stderr).toContain(`creating 2 companies on ${given.database.host}:${given.database.port}/`)
    for (const company of ['company_abc', 'company_xyz']) {
      expect(await relationsIn(given.database, `tenant_${company}`)).toEqual([
        'mt5_accounts',
        'trading_history',
        'trading_signals',
        'users',
      ])
      expect(await appliedTo(given.database, 'tenant', company)).toHaveLength(4)
      expect(await registryOf(given, company)).toEqual([
        { name: company, tier: 'free', labels: {}, limits: {}, state: 'active', login_role: null },
      ])
    }
    expect(await given.database.query('select company_id, event, actor from dbsvc.company_events order by 1')).toEqual([
      { company_id: 'company_abc', event: 'created', actor: given.database.user },
      { company_id: 'company_xyz', event: 'created', actor: given.database.user },
    ])
  })

  test('when a company writes under its signed context, then the other sees none of it', async () => {
    const { database } = given
    await asCompany(
      database,
      { company: 'company_abc' },
      `insert into users (user_id, email, subscription_tier) values ('u1', 'u1@abc.example', 'pro')`,
    )
    await asCompany(
      database,
      { company: 'company_abc' },
      `insert into market_data (company_id, symbol) values ('company_abc', 'EURUSD')`,
    )
    expect(await asCompany(database, { company: 'company_xyz' }, 'select * from users')).toEqual([])
    expect(await asCompany(database, { company: 'company_xyz' }, 'select * from tenant_company_abc.users')).toEqual([])
    expect(await asCompany(database, { company: 'company_xyz' }, 'select * from market_data')).toEqual([])
    await expect(
      asCompany(
        database,
        { company: 'company_xyz' },
        `insert into market_data (company_id, symbol) values ('company_abc', 'X')`,
      ),
    ).rejects.toThrow('row-level security')
    expect(await database.query('select company_id, symbol from public.market_data')).toEqual([
      { company_id: 'company_abc', symbol: 'EURUSD' },
    ])
  })

  test('when they are created again just so, then it says that they exist and changes nothing', async () => {
    const before = await fingerprint(given.database)
    const result = await given.dbsvc(['tenant', 'create', 'company_abc', 'company_xyz'])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toBe('company_abc exists already, unchanged\ncompany_xyz exists already, unchanged\n')
    expect(await fingerprint(given.database)).toBe(before)
  })
})

describe('given parameters of a company', () => {
  let given: Given
  const parameters = [
    '--name',
    'ABC Trading & Söhne',
    '--tier',
    'pro',
    '--label',
    'region=eu',
    '--label',
    'note=a=b',
    '--limit',
    'workMemKb=8192',
  ]
  beforeAll(async () => {
    given = await givenOrders()
  })

  test('when it is created with --name, --tier, --label and --limit, then the registry has them all', async () => {
    expectExit(await given.dbsvc(['tenant', 'create', 'abc', ...parameters]), ExitCode.Ok)
    expect(await registryOf(given, 'abc')).toEqual([
      {
        name: 'ABC Trading & Söhne',
        tier: 'pro',
        labels: { region: 'eu', note: 'a=b' },
        limits: { workMemKb: 8192 },
        state: 'active',
        login_role: null,
      },
    ])
  })

  test('when it is created again with the same, or with fewer, then it says so and is as it was', async () => {
    for (const same of [parameters, [], ['--tier', 'pro']]) {
      const result = await given.dbsvc(['tenant', 'create', 'abc', ...same, '--json'])
      expectExit(result, ExitCode.Ok)
      expect(result.json<CreateDocument>()).toMatchObject({
        schema: 'dbsvc/tenant.create/1',
        companies: [{ company: 'abc', created: false, loginSecret: null }],
        failures: [],
      })
    }
  })

  test.each([
    [['--tier', 'enterprise'], 'tier is pro, asked for enterprise'],
    [['--name', 'Other'], 'name is ABC Trading & Söhne, asked for Other'],
    [['--label', 'region=us'], 'labels is {"note":"a=b","region":"eu"}, asked for {"region":"us"}'],
    [['--limit', 'workMemKb=4096'], 'limits is {"workMemKb":8192}, asked for {"workMemKb":4096}'],
    [['--login'], 'login is false, asked for true'],
  ])('when it is created again with %j, then it is refused with the difference and stays', async (flags, difference) => {
    const before = await fingerprint(given.database)
    const result = await given.dbsvc(['tenant', 'create', 'abc', ...flags])
    expectError(result, ExitCode.Refused, 'DBS-1202')
    expect(result.stderr).toContain(difference)
    expect(await fingerprint(given.database)).toBe(before)
  })

  test.each([
    [['--tier', 'gold'], 'Allowed choices are free, pro, enterprise'],
    [['--label', 'region'], 'key=value'],
    [['--limit', 'workMemKb=lots'], 'workMemKb'],
    [['--limit', 'speed=1'], 'speed'],
    [['--limit', 'parallelWorkers=-1'], 'parallelWorkers'],
    [['--name', ''], 'name'],
  ])('when a company is created with %j, then it is a usage error and is not made', async (flags, reason) => {
    const result = await given.dbsvc(['tenant', 'create', 'fresh', ...flags])
    expectError(result, ExitCode.Usage, 'DBS-1903')
    expect(result.stderr).toContain(reason)
    expect(await companiesOf(given.database)).not.toContain('fresh')
  })

  test('when neither a company nor --from is given, or both are, then it is a usage error', async () => {
    for (const args of [[], ['abc', '--from', 'companies.ndjson']]) {
      expectError(await given.dbsvc(['tenant', 'create', ...args]), ExitCode.Usage, 'DBS-1903')
    }
  })
})

describe('given a company with a LOGIN role of its own', () => {
  let given: Given
  const secret = () => join(secretsDirectory(), 'postgres-main-login-own_login')
  beforeAll(async () => {
    given = await givenOrders({ companies: ['neighbour'] })
  })

  test('when it is created with --login, then its password is in a file for its owner alone, and nowhere else', async () => {
    const result = await given.dbsvc(['tenant', 'create', 'own_login', '--login', '--verbose'])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toBe(`own_login created, password in ${secret()}\n`)
    expect((await stat(secret())).mode & 0o777).toBe(0o600)
    const password = await readFile(secret(), 'utf8')
    expect(password.length).toBeGreaterThanOrEqual(32)
    expect(result.stdout + result.stderr).not.toContain(password)
    expect(
      await given.database.query(
        `select rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolpassword like 'SCRAM-SHA-256$%' as scram
         from pg_authid where rolname = 'tenant_own_login'`,
      ),
    ).toEqual([
      {
        rolcanlogin: true,
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        scram: true,
      },
    ])
  })

  test('when it logs in with plain PostgreSQL, then it works in its own schema and reaches nothing of the neighbour', async () => {
    const client = await given.database.connect('tenant_own_login', await readFile(secret(), 'utf8'))
    await client.query('insert into orders values (1, 10)')
    expect((await client.query('select id from orders')).rows).toEqual([{ id: '1' }])
    await expect(client.query('select * from tenant_neighbour.orders')).rejects.toThrow('permission denied')
    await expect(client.query('create table mine (id int)')).rejects.toThrow('permission denied')
    await expect(client.query('set role dbsvc_owner')).rejects.toThrow('permission denied')
  })

  test('when it is created again with --login, then the password is the same', async () => {
    const before = await readFile(secret(), 'utf8')
    expectExit(await given.dbsvc(['tenant', 'create', 'own_login', '--login']), ExitCode.Ok)
    expect(await readFile(secret(), 'utf8')).toBe(before)
  })
})
