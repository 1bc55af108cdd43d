import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import type { TestServer } from '../support/server.ts'
import { companiesOf, fingerprint } from './support/catalogue.ts'
import { expectError, expectExit } from './support/given.ts'
import { startOldPostgres } from './support/old-postgres.ts'
import {
  expectNothing,
  givenPatient,
  givenSetUpPatient,
  named,
  type Patient,
  startFlawlessServer,
} from './support/own-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startFlawlessServer()
})

describe('given a cluster in which nothing is wrong', () => {
  let given: Patient
  beforeAll(async () => {
    given = await givenSetUpPatient(server, { companies: ['abc', 'xyz'] })
    expectExit(await given.dbsvc(['tenant', 'create', 'direct', '--login']), ExitCode.Ok)
    await given.database.query(`alter system set idle_in_transaction_session_timeout = '10min'`)
    await given.database.query('select pg_reload_conf()')
  })

  test('when it is examined, then nothing is found, every check has run, and nothing has changed', async () => {
    const before = await fingerprint(given.database)
    const diagnosis = await given.examine()
    expectNothing(diagnosis)
    expect(diagnosis).toMatchObject({
      schema: 'dbsvc/doctor/1',
      place: `${server.host}:${server.port}/${given.database.database}`,
      facts: { serverVersion: '18.4', companies: 3, freeDiskBytes: expect.any(Number) },
      counts: { error: 0, warning: 0, info: 0 },
    })
    const [size] = await given.database.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes')
    expect(Number(diagnosis.facts.databaseBytes)).toBeCloseTo(Number(size?.bytes), -6)
    expect(Math.abs(Number(diagnosis.facts.clockOffsetMs))).toBeLessThan(1_000)
    expect(await companiesOf(given.database)).toEqual(['abc', 'direct', 'xyz'])
    expect(await fingerprint(given.database)).toBe(before)
  })

  test('when people look at it, then they read that nothing was found, and the facts', async () => {
    const result = await given.dbsvc(['doctor'])
    expectExit(result, ExitCode.Ok)
    const { checks } = await given.examine()
    expect(result.stdout).toBe(`nothing found by ${checks.length} checks\n`)
    expect(result.stderr).toMatch(
      /PostgreSQL 18\.4, 3 companies, database of \d+ MB, [\d,]+ MB free on its disk, clocks \d+ ms apart/,
    )
  })

  test('when checks are listed, then each says what it looks at, and no server is needed', async () => {
    const nowhere = { env: { DBSVC_POSTGRES_PORT: '1' } }
    const result = await given.dbsvc(['doctor', '--list'], nowhere)
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toMatch(
      /^CHECK +OF +LOOKS WHETHER\nconfiguration +this machine +the configuration file holds no password\n/,
    )
    const { checks } = (await given.dbsvc(['doctor', '--list', '--json'], nowhere)).json<{ checks: { id: string }[] }>()
    expect(checks.map(({ id }) => id)).toEqual((await given.examine()).checks.map(({ id }) => id))
    expect(checks).toContainEqual(
      expect.objectContaining({
        id: 'drift',
        engine: 'postgres',
        needs: 'control',
        findings: expect.arrayContaining([
          expect.objectContaining({ id: 'company-drifted', severity: 'error', fix: null }),
        ]),
      }),
    )
  })

  test('when only some checks are asked for, then those run, and what they rest on', async () => {
    const { checks } = await given.examine(['--only', 'clock', '--only', 'grants'])
    expect(checks.map(({ id }) => id)).toEqual(['server', 'clock', 'control', 'grants'])
  })

  test('when a check is asked for that there is none of, then it is a usage error that names the nearest', async () => {
    const result = await given.dbsvc(['doctor', '--only', 'isolatoin'])
    expectError(result, ExitCode.Usage, 'DBS-1903')
    expect(result.stderr).toContain('no check is called isolatoin; did you mean isolation?')
  })

  test('when something needs attention and nothing is wrong, then the exit status is 2; when something is wrong, 1', async () => {
    await given.database.query('create schema tenant_ghost')
    const warned = await given.dbsvc(['doctor', '--only', 'companies'])
    expectExit(warned, ExitCode.Pending)
    expect(warned.stdout).toContain('warning: schema tenant_ghost belongs to no company [schema-without-company]\n')
    await given.database.query('grant select on dbsvc.companies to public')
    const failed = await given.dbsvc(['doctor', '--only', 'companies', '--only', 'grants'])
    expectExit(failed, ExitCode.Failed)
    expect(failed.stdout).toMatch(/^1 of them can be mended by dbsvc doctor --fix\n1 error, 1 warning by 4 checks\n$/m)

    const mended = await given.dbsvc(['doctor', '--only', 'companies', '--only', 'grants', '--fix'])
    expectExit(mended, ExitCode.Pending)
    expect(mended.stdout).toContain(
      'mended: select on table dbsvc.companies is granted to PUBLIC [own-object-public]\n',
    )
    await given.database.query('drop schema tenant_ghost')
    expectNothing(await given.examine(['--only', 'companies', '--only', 'grants']))
  })

  test('when it is interrupted, then it says so, and leaves no company behind', async () => {
    const holder = await given.database.connect()
    await holder.query('begin; lock table dbsvc.context_keys in access exclusive mode')
    const running = given.start(['doctor', '--only', 'isolation', '--only', 'context-keys'])
    await expect
      .poll(() => given.database.query(`select from pg_stat_activity where application_name like 'dbsvc doctor%'`), {
        timeout: 15_000,
      })
      .not.toEqual([])
    running.kill('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 200))
    await holder.query('rollback')
    expectError(await running.exited, ExitCode.Interrupted, 'DBS-1904')
    expect(await companiesOf(given.database)).toEqual(['abc', 'direct', 'xyz'])
  })
})

describe('given a database that is not set up', () => {
  test('when it is examined, then that is the one finding, and what rests on it is skipped', async () => {
    const given = await givenPatient(server)
    const diagnosis = await given.examine()
    expect(named(diagnosis)).toEqual(['control control-missing'])
    expect(diagnosis.findings[0]).toMatchObject({ mend: 'dbsvc migrate up', severity: 'error' })
    expect(diagnosis.checks).toContainEqual(expect.objectContaining({ id: 'isolation', outcome: 'skipped' }))
    expect(diagnosis.exitCode).toBe(ExitCode.Failed)
    expect((await given.dbsvc(['doctor'])).stdout).toMatch(
      /^not looked at: shared-role, .*, isolation, stores, .*, store-isolation$/m,
    )
  })
})

describe('given a server that cannot be used', () => {
  let given: Patient
  beforeAll(async () => {
    given = await givenSetUpPatient(server)
  })

  test('when nothing listens, then that is the one finding', async () => {
    const diagnosis = await given.examine([], { env: { DBSVC_POSTGRES_PORT: '1' } })
    expect(named(diagnosis)).toEqual(['server server-unreachable'])
    expect(diagnosis.findings[0]?.message).toContain('cannot reach PostgreSQL at 127.0.0.1:1/')
    expect(diagnosis.exitCode).toBe(ExitCode.Failed)
  })

  test('when it refuses the password, then that is the one finding', async () => {
    const diagnosis = await given.examine([], { env: { DATABASE_PASSWORD: 'wrong' } })
    expect(named(diagnosis)).toEqual(['server server-refused'])
    expect(diagnosis.findings[0]?.message).toContain('refuses user postgres')
  })

  test('when it is too old, then that is the one finding', async () => {
    const port = await startOldPostgres()
    const diagnosis = await given.examine([], { env: { DBSVC_POSTGRES_PORT: String(port) } })
    expect(named(diagnosis)).toEqual(['server server-unsupported'])
    expect(diagnosis.findings[0]?.message).toContain('version 12.22')
  })

  test('when it ends the connection in the middle, then the check under way says so and the rest is skipped', async () => {
    const holder = await given.database.connect()
    await holder.query('begin; lock table dbsvc.companies in access exclusive mode')
    const running = given.start(['doctor', '--json'])
    const blocked = `select pid from pg_stat_activity where application_name like 'dbsvc doctor%' and wait_event_type = 'Lock'`
    await expect.poll(() => given.database.query(blocked), { timeout: 15_000 }).toHaveLength(1)
    await given.database.query(`select pg_terminate_backend(pid) from (${blocked}) as blocked`)
    await holder.query('rollback')
    const result = await running.exited
    expectExit(result, ExitCode.Pending)
    const { findings, checks } = result.json<{
      findings: { id: string; message: string }[]
      checks: { outcome: string }[]
    }>()
    expect(findings).toEqual([
      expect.objectContaining({ id: 'check-not-run', message: expect.stringContaining('lost the connection') }),
    ])
    expect(checks.at(-1)).toMatchObject({ id: 'store-isolation', outcome: 'skipped' })
  })
})

describe('given a user who may not look at something', () => {
  test('when the cluster is examined, then what could not be looked at says so, and the rest is looked at', async () => {
    const given = await givenSetUpPatient(server, { companies: ['abc'] })
    await given.database.query(
      `create role watcher login password 'watching'; grant usage on schema dbsvc to watcher;
       grant select on all tables in schema dbsvc to watcher; revoke all on dbsvc.context_keys from watcher`,
    )
    const diagnosis = await given.examine([], {
      env: { DBSVC_POSTGRES_USER: 'watcher', DATABASE_PASSWORD: 'watching' },
    })
    expect(named(diagnosis)).toEqual(
      expect.arrayContaining([
        'admin-rights admin-no-createrole',
        'admin-rights admin-no-owner',
        'context-keys check-not-run',
        'isolation check-not-run',
      ]),
    )
    const [keys] = diagnosis.findings.filter(({ check }) => check === 'context-keys')
    expect(keys?.message).toContain('permission denied for table context_keys')
    expect(diagnosis.checks).toContainEqual(expect.objectContaining({ id: 'shared-role', outcome: 'passed' }))
    expect(diagnosis.exitCode).toBe(ExitCode.Failed)
  })
})
