import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { expectError, expectExit } from './support/given.ts'
import { givenSetUpPatient, named, type Patient, startFlawlessServer } from './support/own-server.ts'

let given: Patient
beforeAll(async () => {
  given = await givenSetUpPatient(await startFlawlessServer(), { companies: ['abc', 'xyz'] })
})

const observer = { env: { DBSVC_POSTGRES_USER: 'dbsvc_observer', DATABASE_PASSWORD: '' } }
/** Without a password of its own: that of the configuration is the administrator's. */
const asObserver = async (...args: readonly string[]) => {
  const file = join(given.directory, 'dbsvc.config.json')
  const plain = await readFile(file, 'utf8')
  const config = JSON.parse(plain) as { postgres: { password?: string } }
  delete config.postgres.password
  await given.write('dbsvc.config.json', JSON.stringify(config))
  try {
    return await given.dbsvc(args, observer)
  } finally {
    await given.write('dbsvc.config.json', plain)
  }
}

describe('as dbsvc_observer, with the password that this machine keeps', () => {
  test.each([
    ['tenant', 'list'],
    ['tenant', 'show', 'abc'],
    ['migrate', 'status'],
    ['migrate', 'plan'],
    ['migrate', 'runs'],
    ['drift'],
    ['key', 'list'],
    ['service', 'list'],
    ['retention', 'list'],
  ])('dbsvc %s %s %s', async (...args) => {
    expectExit(await asObserver(...args), ExitCode.Ok)
  })

  test('dbsvc doctor looks at everything', async () => {
    const result = await asObserver('doctor', '--json')
    const { findings, checks } = result.json<{ findings: object[]; checks: { id: string; outcome: string }[] }>()
    expect(findings).toEqual([])
    expect(checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
    expectExit(result, ExitCode.Ok)
  })

  test.each([
    ['tenant', 'create', 'another'],
    ['tenant', 'suspend', 'abc'],
    ['key', 'rotate'],
    ['service', 'create', 'mine', '--company', 'all', '--engine', 'all', '--verb', 'read'],
  ])('dbsvc %s %s is refused', async (...args) => {
    const result = await asObserver(...args)
    expect(result.exitCode, result.stdout + result.stderr).not.toBe(ExitCode.Ok)
    expect(result.stderr).toMatch(/DBS-1104|DBS-1701|permission denied/)
  })
})

describe('dbsvc serve', () => {
  const alter = (sql: string) => given.database.query(sql)

  test.each([
    [
      'alter role dbsvc_router superuser',
      'alter role dbsvc_router nosuperuser',
      'dbsvc_router can do more than serve: SUPERUSER',
    ],
    [
      'grant dbsvc_owner to dbsvc_router',
      'revoke dbsvc_owner from dbsvc_router',
      'dbsvc_router can do more than serve: member of dbsvc_owner',
    ],
    [
      'alter role database_service_role bypassrls',
      'alter role database_service_role nobypassrls',
      'database_service_role can do more than serve: BYPASSRLS',
    ],
  ])('refuses after %s, unless it is told not to', async (off, on, message) => {
    await alter(off)
    try {
      const refused = await given.dbsvc(['serve', '--port', '0'])
      expectError(refused, ExitCode.Refused, 'DBS-1607')
      expect(refused.stderr).toContain(message)
      const router = given.start(['serve', '--port', '0'], { env: { DBSVC_SERVER_ALLOW_EXCESS_RIGHTS: 'true' } })
      await router.waitFor(/serving on/)
      router.kill('SIGTERM')
      await router.exited
    } finally {
      await alter(on)
    }
  })

  test('says which password this machine lacks', async () => {
    const file = join(given.secrets, 'postgres-main-router-password')
    const password = await readFile(file, 'utf8')
    await rm(file)
    expectError(await given.dbsvc(['serve', '--port', '0']), ExitCode.Configuration, 'DBS-1606')
    const env = { DBSVC_POSTGRES_ROUTER_PASSWORD: password }
    const router = given.start(['serve', '--port', '0'], { env })
    await router.waitFor(/serving on/)
    router.kill('SIGTERM')
    await router.exited
    expect(named(await given.examine(['--only', 'shared-login']))).toEqual(['shared-login shared-password-unknown'])
    await writeFile(file, password, { mode: 0o600 })
  })

  test('reaches PostgreSQL without the password of the user that migrates', async () => {
    const router = given.start(['serve', '--port', '0'], { env: { DATABASE_PASSWORD: 'nobody knows' } })
    await router.waitFor(/serving on/)
    router.kill('SIGTERM')
    await router.exited
  })
})
