import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { expectError, type Given, givenOrders, givenProject } from './support/given.ts'
import { startOldPostgres } from './support/old-postgres.ts'

describe('given a server that cannot be used', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenProject()
  })

  test('when the password is wrong, then user and place are named and the password is not', async () => {
    const result = await given.dbsvc(['migrate', 'up', '--verbose'], {
      env: { DBSVC_POSTGRES_PASSWORD: 'Wr0ng-secret' },
    })
    expectError(result, ExitCode.Engine, 'DBS-1102')
    expect(result.stderr).toContain(`refuses user ${given.database.user}`)
    expect(result.stderr).toContain(`${given.database.host}:${given.database.port}/`)
    expect(result.stdout + result.stderr).not.toContain('Wr0ng-secret')
  })

  test('when the user is unknown, then it is named', async () => {
    const result = await given.dbsvc(['migrate', 'status'], { env: { DBSVC_POSTGRES_USER: 'nobody_here' } })
    expectError(result, ExitCode.Engine, 'DBS-1102')
    expect(result.stderr).toContain('nobody_here')
  })

  test('when the database does not exist, then it is named', async () => {
    const result = await given.dbsvc(['tenant', 'list'], { env: { DBSVC_POSTGRES_DATABASE: 'no_such_database' } })
    expectError(result, ExitCode.Engine, 'DBS-1102')
    expect(result.stderr).toContain('database "no_such_database" does not exist')
  })

  test('when nothing listens there, then the place is named, at once', async () => {
    // Longer than a test may take: a refusal must not be waited for.
    const env = { DBSVC_POSTGRES_PORT: '1', DBSVC_POSTGRES_CONNECT_TIMEOUT_MS: '600000' }
    const result = await given.dbsvc(['migrate', 'plan'], { env })
    expectError(result, ExitCode.Engine, 'DBS-1101')
    expect(result.stderr).toContain(`${given.database.host}:1/`)
  })

  test('when its name does not resolve, then the name is in the error', async () => {
    const result = await given.dbsvc(['migrate', 'plan'], { env: { DBSVC_POSTGRES_HOST: 'no-such-host.invalid' } })
    expectError(result, ExitCode.Engine, 'DBS-1101')
    expect(result.stderr).toContain('no-such-host.invalid')
  })

  test('when it does not answer, then dbsvc gives up after connectTimeoutMs', async () => {
    // Reserved for documentation: nobody answers.
    const env = {
      DBSVC_POSTGRES_HOST: '192.0.2.1',
      DBSVC_POSTGRES_CONNECT_TIMEOUT_MS: '500',
      DBSVC_POSTGRES_SSL: 'disable',
    }
    const result = await given.dbsvc(['migrate', 'plan'], { env, timeoutMs: 30_000 })
    expectError(result, ExitCode.Engine, 'DBS-1101')
  })

  test('when the server is too old, then its version and the wanted one are named', async () => {
    const result = await given.dbsvc(['migrate', 'up'], {
      env: { DBSVC_POSTGRES_PORT: String(await startOldPostgres()) },
    })
    expectError(result, ExitCode.Engine, 'DBS-1103')
    expect(result.stderr).toContain('is version 12.22; dbsvc needs 15 or newer')
  })

  test('when the user lacks the right to set a cluster up, then it says what is missing and leaves nothing', async () => {
    const user = `plain_${given.database.database}`
    await given.database.query(`create role ${user} login password 'plain-password'`)
    const result = await given.dbsvc(['migrate', 'up'], {
      env: { DBSVC_POSTGRES_USER: user, DBSVC_POSTGRES_PASSWORD: 'plain-password' },
    })
    expectError(result, ExitCode.Engine, 'DBS-1104')
    expect(result.stderr).toContain(user)
    expect(await given.database.query(`select from pg_namespace where nspname = 'dbsvc'`)).toEqual([])
  })

  test('when the cluster is not set up, then commands on companies say how to do it', async () => {
    for (const args of [
      ['tenant', 'create', 'abc'],
      ['tenant', 'list'],
      ['tenant', 'config', 'list', 'abc'],
    ]) {
      const result = await given.dbsvc(args)
      expectError(result, ExitCode.Refused, 'DBS-1406')
      expect(result.stderr).toContain('hint: dbsvc migrate up')
    }
  })

  test('when a newer dbsvc has set it up, then an older one keeps its hands off', async () => {
    const set = await givenOrders()
    await set.database.query(
      `insert into dbsvc.ledger (engine, cluster, scope, position, version, name, checksum)
       select engine, cluster, scope, max(position) + 1, '9999', '9999_future', repeat('0', 64) from dbsvc.ledger
       where scope = 'control' group by engine, cluster, scope`,
    )
    await set.database.query(`update dbsvc.targets set history = 'f00d' where scope = 'control'`)
    const result = await set.dbsvc(['migrate', 'up'])
    expectError(result, ExitCode.Refused, 'DBS-1405')
    expect(result.stderr).toContain('9999_future')
  })
})
