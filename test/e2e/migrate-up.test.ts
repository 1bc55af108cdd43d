import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { servicePassword } from './support/as-company.ts'
import { appliedTo, columnsOf, fingerprint, isForced, policiesOf, relationsIn } from './support/catalogue.ts'
import { expectExit, type Given, givenOrders, givenProject, migration, secretsDirectory } from './support/given.ts'

describe('given an empty database and a project without migrations of its own', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenProject()
  })

  test('when migrate up runs, then the schema that ships is there, under row security, and owned by no superuser', async () => {
    const result = await given.dbsvc(['migrate', 'up'])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toBe('5 migrations done\n')
    expect(result.stderr).toContain(given.database.database)
    expect(result.stderr).toContain('with the schema that ships with dbsvc')
    expect(result.stderr).toMatch(/^up {7}shared 0001_market_data \(\d+ ms\)$/m)

    const { database } = given
    expect(await relationsIn(database, 'public')).toEqual([
      'ai_predictions',
      'market_data',
      'service_registry',
      'tenant_configuration_history',
      'tenant_configurations',
      'trading_ticks',
    ])
    expect(await isForced(database, 'public.market_data')).toBe(true)
    expect(await policiesOf(database, 'public.market_data')).toEqual(
      expect.arrayContaining(['company_isolation', 'company_proof']),
    )
    expect(
      await database.query(
        `select distinct r.rolname, r.rolsuper, r.rolbypassrls, r.rolcanlogin from pg_class c join pg_roles r on r.oid = c.relowner
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')`,
      ),
    ).toEqual([{ rolname: 'dbsvc_owner', rolsuper: false, rolbypassrls: false, rolcanlogin: false }])
  })

  test('then the ledger has each migration with its checksum, and the run that applied it', async () => {
    expect(await appliedTo(given.database, 'shared')).toEqual([
      '0001_market_data',
      '0002_trading_ticks',
      '0003_ai_predictions',
      '0004_tenant_configurations',
      '0005_service_registry',
    ])
    expect(
      await given.database.query(
        `select distinct r.command, r.outcome, r.pid > 0 as pid, l.checksum ~ '^[0-9a-f]{64}$' as checksum
         from dbsvc.ledger l join dbsvc.runs r using (run_id) where l.scope = 'shared'`,
      ),
    ).toEqual([{ command: 'migrate up', outcome: 'succeeded', pid: true, checksum: true }])
  })

  test('then the secrets that it made can be read by their owner alone', async () => {
    const names = await readdir(secretsDirectory())
    expect(names).toEqual(expect.arrayContaining(['postgres-main-context-keys', 'postgres-main-service-password']))
    for (const name of names) expect((await stat(join(secretsDirectory(), name))).mode & 0o777).toBe(0o600)
  })

  test('then the shared role logs in with the password that was made, and sees nothing without a signed context', async () => {
    const client = await given.database.connect('database_service_role', await servicePassword())
    await client.query(`set app.current_company_id = 'company_abc'`)
    await expect(client.query('select * from public.market_data')).rejects.toThrow('no signed context')
    await expect(client.query('create table public.mine (id int)')).rejects.toThrow('permission denied')
    await expect(client.query('create temporary table mine (id int)')).rejects.toThrow('permission denied')
  })

  test('when migrate up runs again, then it finds nothing to do and writes nothing', async () => {
    const before = await fingerprint(given.database)
    const result = await given.dbsvc(['migrate', 'up'])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toBe('nothing to do\n')
    expect(await fingerprint(given.database)).toBe(before)
  })
})

describe('given three companies and migrations of both scopes', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenOrders({ companies: ['a', 'b', 'c'], config: { migrations: { batchSize: 2, connections: 2 } } })
    await given.write(
      'migrations/postgres/shared/0001_rates.sql',
      migration('create table rates (company_id text, rate numeric);'),
    )
    await given.write(
      'migrations/postgres/shared/0003_fees.sql',
      migration('create table fees (company_id text, fee numeric);'),
    )
    await given.write('migrations/postgres/tenant/0002_note.sql', migration('alter table orders add column note text;'))
    await given.write(
      'migrations/postgres/tenant/0003_paid.sql',
      migration('alter table orders add column paid boolean;'),
    )
  })

  test('when it goes --to a version of the --scope shared, then that scope stops there and no company is touched', async () => {
    expectExit(await given.dbsvc(['migrate', 'up', '--scope', 'shared', '--to', '1']), ExitCode.Ok)
    expect(await appliedTo(given.database, 'shared')).toEqual(['0001_rates'])
    expect(await columnsOf(given.database, 'tenant_a.orders')).toEqual(['id', 'amount'])
  })

  test('when it goes --to the name of a tenant migration, then every company has it and nothing later', async () => {
    expectExit(await given.dbsvc(['migrate', 'up', '--scope=tenant', '--to=0002_note']), ExitCode.Ok)
    for (const company of ['a', 'b', 'c']) {
      expect(await appliedTo(given.database, 'tenant', company)).toEqual(['0001_orders', '0002_note'])
      expect(await columnsOf(given.database, `tenant_${company}.orders`)).toEqual(['id', 'amount', 'note'])
    }
    expect(await appliedTo(given.database, 'shared')).toEqual(['0001_rates'])
  })

  test('when it goes on with --json and --quiet, then stdout is one document of what was done and stderr is empty', async () => {
    const result = await given.dbsvc(['migrate', 'up', '--json', '--quiet'])
    expectExit(result, ExitCode.Ok)
    expect(result.stderr).toBe('')
    const { host, port, database } = given.database
    expect(result.json()).toEqual({
      schema: 'dbsvc/migrate.up/1',
      place: `${host}:${port}/${database}`,
      runId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      outcome: 'succeeded',
      lastWave: null,
      steps: [
        {
          engine: 'postgres',
          direction: 'up',
          scope: 'shared',
          migration: '0003_fees',
          targets: 1,
          failed: 0,
          durationMs: expect.any(Number),
        },
        {
          engine: 'postgres',
          direction: 'up',
          scope: 'tenant',
          migration: '0003_paid',
          targets: 3,
          failed: 0,
          durationMs: expect.any(Number),
        },
      ],
      failures: [],
      skipped: 0,
    })
    expect(await relationsIn(given.database, 'public')).toEqual(['fees', 'rates'])
    expect(await columnsOf(given.database, 'tenant_c.orders')).toEqual(['id', 'amount', 'note', 'paid'])
  })
})
