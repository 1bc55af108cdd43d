import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { asCompany } from './support/as-company.ts'
import { appliedTo, columnsOf, isForced, policiesOf, relationsIn } from './support/catalogue.ts'
import { expectError, expectExit, type Given, givenCluster, givenProject, migration } from './support/given.ts'

const rates = migration('create table rates (company_id text not null, rate numeric);')
const more = migration('alter table rates add column valid_from date;')

describe('given a shared schema that another tool has made', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenProject({
      migrations: {
        'postgres/shared/0001_rates.sql': rates,
        'postgres/shared/0002_index.sql': migration('create index rates_company on rates (company_id);'),
        'postgres/shared/0003_more.sql': more,
      },
    })
    await given.database.query(`create table public.rates (company_id text not null, rate numeric);
      create index rates_company on public.rates (company_id);
      insert into public.rates values ('abc', 1.5), ('xyz', 2.5)`)
  })

  test('when it is taken over at 0002, then nothing is run, the ledger says so, and the table is dbsvc_owner’s and protected', async () => {
    const result = await given.dbsvc(['migrate', 'baseline', '--scope', 'shared', '--to', '0002', '--json'])
    expectExit(result, ExitCode.Ok)
    expect(result.json()).toMatchObject({
      schema: 'dbsvc/migrate.baseline/1',
      steps: [{ direction: 'baseline', scope: 'shared', migration: '0002_index', targets: 1 }],
    })
    const { database } = given
    expect(
      await database.query(`select name, baseline from dbsvc.ledger where scope = 'shared' order by position`),
    ).toEqual([
      { name: '0001_rates', baseline: true },
      { name: '0002_index', baseline: true },
    ])
    expect(
      await database.query(
        `select relowner::regrole::text as owner from pg_class where oid = 'public.rates'::regclass`,
      ),
    ).toEqual([{ owner: 'dbsvc_owner' }])
    expect(await isForced(database, 'public.rates')).toBe(true)
    expect(await policiesOf(database, 'public.rates')).toContain('company_proof')
    expect(await database.query('select * from public.rates')).toHaveLength(2)
  })

  test('when a company reads it, then it sees its own rows', async () => {
    expectExit(await given.dbsvc(['tenant', 'create', 'abc']), ExitCode.Ok)
    expect(await asCompany(given.database, { company: 'abc' }, 'select rate from public.rates')).toEqual([
      { rate: '1.5' },
    ])
  })

  test('when migrate up runs, then it goes on after the baseline', async () => {
    const result = await given.dbsvc(['migrate', 'up'])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toBe('1 migration done\n')
    expect(await appliedTo(given.database, 'shared')).toEqual(['0001_rates', '0002_index', '0003_more'])
    expect(await columnsOf(given.database, 'public.rates')).toEqual(['company_id', 'rate', 'valid_from'])
  })

  test('when it is asked for again, then it is refused: there is a history', async () => {
    expectError(
      await given.dbsvc(['migrate', 'baseline', '--scope', 'shared', '--to', '0001']),
      ExitCode.Refused,
      'DBS-1407',
    )
    expect(await appliedTo(given.database, 'shared')).toHaveLength(3)
  })
})

describe('given companies whose tables another tool has made', () => {
  test('when they are taken over, then every company without history has it, and later migrations run', async () => {
    const given = await givenCluster({ migrations: { 'postgres/tenant/.gitkeep': '' }, companies: ['abc', 'xyz'] })
    for (const company of ['abc', 'xyz']) {
      await given.database.query(`create table tenant_${company}.rates (company_id text not null, rate numeric)`)
    }
    await given.write('migrations/postgres/tenant/0001_rates.sql', rates)
    await given.write('migrations/postgres/tenant/0002_more.sql', more)
    expectExit(await given.dbsvc(['migrate', 'baseline', '--scope', 'tenant', '--to', '1']), ExitCode.Ok)
    expect(await appliedTo(given.database, 'tenant', 'xyz')).toEqual(['0001_rates'])
    expect(await policiesOf(given.database, 'tenant_xyz.rates')).toContain('company_proof')
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(await columnsOf(given.database, 'tenant_abc.rates')).toContain('valid_from')
    expect(await relationsIn(given.database, 'tenant_abc')).toEqual(['rates'])
  })
})

describe('given a command line without what a baseline needs', () => {
  test.each([
    [['--scope', 'shared']],
    [['--to', '0001']],
    [[]],
  ])('when it is %j, then it is a usage error', async (flags) => {
    const given = await givenProject()
    expectError(await given.dbsvc(['migrate', 'baseline', ...flags]), ExitCode.Usage, 'DBS-1903')
  })
})
