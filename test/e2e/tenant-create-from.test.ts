import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { companiesOf, fingerprint, relationsIn } from './support/catalogue.ts'
import {
  type ErrorDocument,
  expectError,
  expectExit,
  type Given,
  givenOrders,
  migration,
  orders,
  secretsDirectory,
} from './support/given.ts'

interface Failure {
  readonly company: string | null
  readonly line: number | null
  readonly code: string
}

interface CreateDocument {
  readonly schema: string
  readonly companies: readonly { company: string; created: boolean; loginSecret: string | null }[]
  readonly failures: readonly Failure[]
  readonly skipped: readonly string[]
}

type RefusalDocument = ErrorDocument<{ readonly failures: readonly Failure[] }>

const pick = ({ company, line, code }: Failure) => [company, line, code]

const registered = ({ database }: Given, companies: readonly string[]) =>
  database.query(
    `select company_id, name, tier, labels, limits, state, login_role from dbsvc.companies
     where company_id = any ($1) order by company_id`,
    [companies],
  )

const ids = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`)

describe('given a file of companies', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenOrders({ config: { migrations: { batchSize: 3, connections: 2 } } })
  })

  test('when they are created --from lines, then each is a company, with its own parameters', async () => {
    const bulk = ids('bulk_', 12)
    await given.write(
      'companies.ndjson',
      `# ours\r\n\r\n${bulk.join('\r\n')}\n{"company": "special", "tier": "enterprise", "labels": {"region": "eu"}, "limits": {"parallelWorkers": 4}}\n`,
    )
    const result = await given.dbsvc(['tenant', 'create', '--from', 'companies.ndjson'])
    expectExit(result, ExitCode.Ok)
    expect(await companiesOf(given.database)).toEqual([...bulk, 'special'].sort())
    expect(await registered(given, ['special'])).toEqual([
      expect.objectContaining({ tier: 'enterprise', labels: { region: 'eu' }, limits: { parallelWorkers: 4 } }),
    ])
    expect(await relationsIn(given.database, 'tenant_bulk_11')).toEqual(['orders'])
  })

  test('when they are created --from CSV with every column, then the server has all that it says, and the options where it says nothing', async () => {
    await given.write(
      'companies.csv',
      '\uFEFFcompany,name,tier,login,label.region,label.note,limit.workMemKb,limit.parallelWorkers\r\n' +
        'csv_full,"Söhne, ""A"" & Co",enterprise,true,eu,"a=b,c",8192,4\r\n' +
        '\r\n' +
        'csv_bare,,,,,,,\r\n' +
        'csv_shared,Shared,free,false,us,,64,0\r\n',
    )
    const options = ['--tier', 'pro', '--label', 'from=crm', '--limit', 'lockTimeoutMs=900', '--login']
    const result = await given.dbsvc(['tenant', 'create', '--from', 'companies.csv', ...options, '--json'])
    expectExit(result, ExitCode.Ok)
    const secretOf = (company: string) => `postgres-main-login-${company}`
    expect(result.json<CreateDocument>()).toMatchObject({
      schema: 'dbsvc/tenant.create/1',
      companies: [
        { company: 'csv_bare', created: true, loginSecret: secretOf('csv_bare') },
        { company: 'csv_full', created: true, loginSecret: secretOf('csv_full') },
        { company: 'csv_shared', created: true, loginSecret: null },
      ],
      failures: [],
      skipped: [],
    })
    const companies = ['csv_bare', 'csv_full', 'csv_shared']
    expect(await registered(given, companies)).toEqual([
      {
        company_id: 'csv_bare',
        name: 'csv_bare',
        tier: 'pro',
        labels: { from: 'crm' },
        limits: { lockTimeoutMs: 900 },
        state: 'active',
        login_role: 'tenant_csv_bare',
      },
      {
        company_id: 'csv_full',
        name: 'Söhne, "A" & Co',
        tier: 'enterprise',
        labels: { region: 'eu', note: 'a=b,c' },
        limits: { workMemKb: 8192, parallelWorkers: 4 },
        state: 'active',
        login_role: 'tenant_csv_full',
      },
      {
        company_id: 'csv_shared',
        name: 'Shared',
        tier: 'free',
        labels: { region: 'us' },
        limits: { workMemKb: 64, parallelWorkers: 0 },
        state: 'active',
        login_role: null,
      },
    ])
    expect(
      await given.database.query(
        `select company_id, event from dbsvc.company_events where company_id = any ($1) order by company_id`,
        [companies],
      ),
    ).toEqual(companies.map((company_id) => ({ company_id, event: 'created' })))
    expect(
      await given.database.query(`select rolname from pg_roles where rolname like 'tenant\\_csv\\_%' order by 1`),
    ).toEqual([{ rolname: 'tenant_csv_bare' }, { rolname: 'tenant_csv_full' }])
    for (const company of companies) expect(await relationsIn(given.database, `tenant_${company}`)).toEqual(['orders'])
  })

  test('when CSV comes from stdin, then it is created all the same', async () => {
    const input = 'company,tier\nfrom_stdin,pro\nBad,free\n'
    const result = await given.dbsvc(['tenant', 'create', '--from', '-', '--json'], { input })
    expectError(result, ExitCode.Usage, 'DBS-1209')
    expect(result.stderr).toContain('stdin:3: ')
    expect(result.json<CreateDocument>().failures.map(pick)).toEqual([['Bad', 3, 'DBS-1209']])
    expect(await registered(given, ['from_stdin'])).toEqual([expect.objectContaining({ tier: 'pro' })])
  })

  test('when there is no such file, then it is named', async () => {
    const result = await given.dbsvc(['tenant', 'create', '--from', 'nowhere.txt'])
    expectError(result, ExitCode.Usage, 'DBS-1209')
    expect(result.stderr).toContain('nowhere.txt')
  })
})

describe('given a file with bad lines', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenOrders({ companies: ['there'], config: { migrations: { batchSize: 3, connections: 2 } } })
  })

  test.each([
    ['{"company": "b", "teir": "pro"}', 'companies.txt:2: unknown field "teir"; did you mean tier?'],
    ['{"company": ', 'companies.txt:2: not valid JSON'],
    ['{"tier": "pro"}', 'companies.txt:2: company: '],
    ['Not Fine', 'companies.txt:2: "Not Fine" cannot be a company id'],
    ['{"company": "b", "limits": {"workMemKb": 1}}', 'companies.txt:2: limits.workMemKb: '],
  ])('when one of them is %s, then it is named, the others are created and the exit status is not zero', async (line, reason) => {
    await given.write('companies.txt', `fine_1\n${line}\nfine_2`)
    const result = await given.dbsvc(['tenant', 'create', '--from', 'companies.txt'])
    expectError(result, ExitCode.Usage, 'DBS-1209')
    expect(result.stderr).toContain(reason)
    expect(await companiesOf(given.database)).toEqual(['fine_1', 'fine_2', 'there'])
  })

  test('when several lines of CSV are bad, then the result has each with its line, in their order', async () => {
    await given.write(
      'companies.csv',
      'company,tier\ncsv_1,pro\ncsv_2,gold\n"csv_3,pro\ncsv_4\nthere,pro\ncsv_1,pro\ncsv_1,free\ncsv_5,free\n',
    )
    const result = await given.dbsvc(['tenant', 'create', '--from', 'companies.csv', '--json'])
    expectError(result, ExitCode.Failed, 'DBS-1205')
    const { companies, failures } = result.json<CreateDocument>()
    expect(companies.map(({ company }) => company)).toEqual(['csv_1', 'csv_5'])
    expect(failures.map(pick)).toEqual([
      ['csv_2', 3, 'DBS-1209'],
      [null, 4, 'DBS-1209'],
      [null, 5, 'DBS-1209'],
      ['there', 6, 'DBS-1202'],
      ['csv_1', 7, 'DBS-1209'],
      ['csv_1', 8, 'DBS-1209'],
    ])
    expect(result.stderr).toContain('6 companies could not be created, 2 done:\n')
    expect(result.stderr).toContain('companies.csv:7: the company is on line 2 already, just the same')
    expect(result.stderr).toContain('companies.csv:8: the company is on line 2 already, with other values')
    expect(await companiesOf(given.database)).toEqual(expect.arrayContaining(['csv_1', 'csv_5']))
  })

  test('when the header has a column that is none, then it and the nearest are named, and nothing is created', async () => {
    const before = await fingerprint(given.database)
    await given.write('companies.csv', 'company,teir\nlost_1,pro\n')
    const result = await given.dbsvc(['tenant', 'create', '--from', 'companies.csv'])
    expectError(result, ExitCode.Usage, 'DBS-1209')
    expect(result.stderr).toContain('companies.csv:1: unknown column "teir"; did you mean tier?')
    expect(await fingerprint(given.database)).toBe(before)
  })

  test('when more are bad than a screen holds, then people get the first and a count, and --json all', async () => {
    await given.write('companies.txt', ids('Bad', 25).join('\n'))
    const result = await given.dbsvc(['tenant', 'create', '--from', 'companies.txt', '--json'])
    expectError(result, ExitCode.Failed, 'DBS-1205')
    expect(result.stderr).toContain('companies.txt:20: ')
    expect(result.stderr).not.toContain('companies.txt:21: ')
    expect(result.stderr).toContain('  and 5 more; --json has all')
    expect(result.json<RefusalDocument>().error.details.failures).toHaveLength(25)
  })
})

describe('given places that are taken by somebody else', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenOrders({ config: { migrations: { batchSize: 3, connections: 2 } } })
    await given.database.query(
      'create schema tenant_taken_1; create schema tenant_taken_2; create schema tenant_taken_3',
    )
    await given.write('companies.txt', 'taken_1\ntaken_2\ntaken_3\nfree_1\nfree_2')
  })

  test('when they come first, then the others are created and each says why it is not', async () => {
    const result = await given.dbsvc(['tenant', 'create', '--from', 'companies.txt'])
    expectError(result, ExitCode.Failed, 'DBS-1205')
    for (const taken of ['taken_1', 'taken_2', 'taken_3'])
      expect(result.stderr).toMatch(new RegExp(` {2}${taken}: .*schema tenant_${taken} exists already`))
    expect(await companiesOf(given.database)).toEqual(['free_1', 'free_2'])
    expect(await relationsIn(given.database, 'tenant_taken_1')).toEqual([])
  })

  test('when they are free again, then the same command creates them, and says that the others exist', async () => {
    await given.database.query('drop schema tenant_taken_1, tenant_taken_2, tenant_taken_3')
    const result = await given.dbsvc(['tenant', 'create', '--from', 'companies.txt', '--json'])
    expectExit(result, ExitCode.Ok)
    expect(result.json<CreateDocument>().companies.map(({ company, created }) => [company, created])).toEqual([
      ['free_1', false],
      ['free_2', false],
      ['taken_1', true],
      ['taken_2', true],
      ['taken_3', true],
    ])
  })
})

test('given a migration that fails for every company, when many are created, then the run gives up and says how many it left', async () => {
  const given = await givenOrders({
    config: { migrations: { connections: 1 } },
    migrations: { 'postgres/tenant/0002_broken.sql': migration('select 1 / 0;') },
  })
  const result = await given.dbsvc(['tenant', 'create', ...ids('c', 50), '--json'])
  expectError(result, ExitCode.Failed, 'DBS-1205')
  expect(result.json<RefusalDocument>().error.details).toMatchObject({ done: 0, skipped: 47 })
  expect(result.stderr).toContain('3 companies could not be created, 0 done, 47 not attempted:')
})

describe('given --atomic', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenOrders({ companies: ['there'], config: { migrations: { batchSize: 2, connections: 2 } } })
  })

  test.each([
    ['a line is bad', 'a_1\nBad\na_2', ['Bad', 2, 'DBS-1209']],
    ['a company exists with other parameters', 'a_1\n{"company": "there", "tier": "pro"}', ['there', 2, 'DBS-1202']],
  ])('when %s, then nothing is created and it is named', async (_, text, failure) => {
    const before = await fingerprint(given.database)
    await given.write('companies.txt', text)
    const result = await given.dbsvc(['tenant', 'create', '--from', 'companies.txt', '--atomic', '--json'])
    expectError(result, ExitCode.Failed, 'DBS-1210')
    expect(result.json<RefusalDocument>().error.details.failures.map(pick)).toEqual([failure])
    expect(await fingerprint(given.database)).toBe(before)
  })

  test('when both are so, then both are named at once', async () => {
    await given.write('companies.txt', 'Bad\n{"company": "there", "tier": "pro"}\na_1')
    const result = await given.dbsvc(['tenant', 'create', '--from', 'companies.txt', '--atomic', '--json'])
    expect(result.json<RefusalDocument>().error.details.failures.map(pick)).toEqual([
      ['Bad', 1, 'DBS-1209'],
      ['there', 2, 'DBS-1202'],
    ])
  })

  test('when one fails after others are made, then those are taken away again, and what was there stays', async () => {
    await given.database.query('create schema tenant_taken')
    const made = ids('m', 8)
    await given.write(
      'companies.csv',
      ['company,login', 'there,', ...made.map((id) => `${id},true`), 'taken,'].join('\n'),
    )
    const result = await given.dbsvc(['tenant', 'create', '--from', 'companies.csv', '--atomic'])
    expectError(result, ExitCode.Failed, 'DBS-1210')
    expect(result.stderr).toMatch(/1 company could not be, and the [4-8] made before were taken away again:/)
    expect(result.stderr).toContain('schema tenant_taken exists already')
    expect(await companiesOf(given.database)).toEqual(['there'])
    for (const leftover of [
      `select from pg_namespace where nspname like 'tenant\\_m%'`,
      `select from pg_roles where rolname like 'tenant\\_m%'`,
      `select from dbsvc.targets where scope = 'tenant' and company_id <> 'there'`,
      `select from dbsvc.ledger where scope = 'tenant' and company_id <> 'there'`,
    ])
      expect(await given.database.query(leftover), leftover).toEqual([])
    await expect(stat(join(secretsDirectory(), 'postgres-main-login-m0'))).rejects.toThrow('ENOENT')
  })

  test('when those made cannot be taken away, then they are named', async () => {
    await given.database.query(`
      create function public.keep() returns event_trigger language plpgsql as $$ begin raise 'schemas stay'; end $$;
      create event trigger keep on ddl_command_start when tag in ('DROP SCHEMA') execute function public.keep()`)
    const result = await given.dbsvc(['tenant', 'create', 'k1', 'k2', 'taken', '--atomic', '--json'])
    expectError(result, ExitCode.Failed, 'DBS-1211')
    expect(result.stderr).toMatch(
      /of those made before, 0 were taken away again, and 2 could not be:\n {2}k[12]: schemas stay\n {2}k[12]: schemas stay \(/,
    )
    expect(result.stderr).toMatch(/hint: dbsvc tenant drop (k[12]) --confirm \1/)
    await given.database.query('drop event trigger keep')
    for (const company of ['k1', 'k2'])
      expectExit(await given.dbsvc(['tenant', 'drop', company, '--confirm', company]), ExitCode.Ok)
  })

  test('when all is well, then all are created', async () => {
    await given.database.query('drop schema tenant_taken')
    const result = await given.dbsvc(['tenant', 'create', '--from', 'companies.csv', '--atomic', '--json'])
    expectExit(result, ExitCode.Ok)
    const found = result.json<CreateDocument>().companies.filter(({ created }) => !created)
    expect(found.map(({ company }) => company)).toEqual(['there'])
    expect(await companiesOf(given.database)).toEqual([...ids('m', 8), 'taken', 'there'])
  })
})

test.each([
  [[]],
  [['--atomic']],
])('given a run with %j that was killed half-way, when it is run again, then it goes on and tells how far it is', async (flags) => {
  const given = await givenOrders({
    config: { migrations: { batchSize: 2, connections: 2 } },
    migrations: {
      'postgres/tenant/0001_orders.sql': orders,
      'postgres/tenant/0002_slow.sql': migration('select pg_sleep(0.05);'),
    },
  })
  const companies = ids('c', 60)
  await given.write('companies.txt', companies.join('\n'))
  const run = given.start(['tenant', 'create', '--from', 'companies.txt', ...flags])
  await expect.poll(() => companiesOf(given.database), { timeout: 20_000 }).not.toEqual([])
  run.kill('SIGKILL')
  await run.exited
  const before = (await companiesOf(given.database)).length
  expect(before).toBeLessThan(companies.length)

  const result = await given.dbsvc(['tenant', 'create', '--from', 'companies.txt', ...flags, '--json'])
  expectExit(result, ExitCode.Ok)
  expect(await companiesOf(given.database)).toEqual(companies.toSorted())
  const created = result.json<CreateDocument>().companies.filter((company) => company.created)
  expect(created.length).toBeGreaterThanOrEqual(companies.length - before - 4)
  expect(created.length).toBeLessThanOrEqual(companies.length - before)
  expect(result.stderr).toMatch(/^create +tenant \d+ of \d+ companies/m)
  expect(
    await given.database.query(`select count(*)::integer from dbsvc.company_events where event = 'created'`),
  ).toEqual([{ count: companies.length }])
})
