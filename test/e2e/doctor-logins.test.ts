import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import type { EmbeddedPostgres } from '../../src/embedded/postgres/start.ts'
import { expectExit } from './support/given.ts'
import { expectNothing, givenPatient, givenSetUpPatient, type Patient, startOwnServer } from './support/own-server.ts'

let server: EmbeddedPostgres
let given: Patient
beforeAll(async () => {
  server = await startOwnServer()
  given = await givenSetUpPatient(server, { companies: ['abc'] })
})

describe('given the logins of dbsvc', () => {
  test.each([
    [
      'grant select on dbsvc.context_keys to dbsvc_router',
      'login-excess-right',
      'role dbsvc_router has select on table dbsvc.context_keys',
    ],
    [
      'grant update (state) on dbsvc.companies to dbsvc_observer',
      'login-excess-right',
      'role dbsvc_observer has update (state) on table dbsvc.companies',
    ],
    [
      'grant usage on schema tenant_abc to dbsvc_observer',
      'login-excess-right',
      'role dbsvc_observer has usage on schema tenant_abc',
    ],
    [
      'grant execute on function dbsvc.enter(text) to dbsvc_router',
      'login-excess-right',
      'role dbsvc_router has execute on routine dbsvc.enter(text)',
    ],
    [
      'grant select on dbsvc.targets to dbsvc_observer with grant option',
      'login-excess-right',
      'role dbsvc_observer has select with grant option on table dbsvc.targets',
    ],
    [
      'grant temporary on database %database to dbsvc_router',
      'login-excess-right',
      'role dbsvc_router has temporary on database',
    ],
    [
      'revoke select on dbsvc.services from dbsvc_router',
      'login-missing-right',
      'role dbsvc_router lacks select on table dbsvc.services',
    ],
    [
      'revoke select (state) on dbsvc.companies from dbsvc_router',
      'login-missing-right',
      'role dbsvc_router lacks select (state) on table dbsvc.companies',
    ],
    ['alter role dbsvc_observer superuser', 'role-attribute', 'role dbsvc_observer is SUPERUSER'],
    ['grant pg_monitor to dbsvc_observer', 'role-membership', 'role dbsvc_observer is a member of pg_monitor'],
    [
      'grant database_service_role to dbsvc_router',
      'role-membership',
      'role dbsvc_router is a member of database_service_role',
    ],
    ['alter role dbsvc_router nologin', 'role-login', 'role dbsvc_router cannot log in'],
  ])('finds %s, and its mend works', async (sql, id, message) => {
    await given.database.query(sql.replace('%database', given.database.database))
    const { findings } = await given.examine(['--only', 'shared-role', '--only', 'login-rights'])
    expect(findings).toMatchObject([{ id, severity: 'error', message: expect.stringContaining(message) }])
    await given.database.query(findings[0]?.mend ?? '')
    expectNothing(await given.examine(['--only', 'shared-role', '--only', 'login-rights']))
  })
})

describe('given a user who is no superuser', () => {
  test('when he may not limit temporary files, then doctor says so, and what it says is enough', async () => {
    await given.database.query(`
      create role plain login password 'of the plain' createrole;
      grant dbsvc_owner, dbsvc_keeper, dbsvc_companies, database_service_role, dbsvc_router, dbsvc_observer to plain with admin option;
      grant set on parameter "app.current_company_id" to plain`)
    const plain = await givenPatient(server, { config: { secrets: { directory: given.secrets } } })
    await plain.database.query(`alter database ${plain.database.database} owner to plain`)
    await plain.database.query('alter role database_service_role reset temp_file_limit')
    const env = { DBSVC_POSTGRES_USER: 'plain', DATABASE_PASSWORD: 'of the plain' }
    expectExit(await plain.dbsvc(['migrate', 'up'], { env }), ExitCode.Ok)
    expectExit(await plain.dbsvc(['tenant', 'create', 'own', '--login'], { env }), ExitCode.Ok)
    const only = ['--only', 'role-settings']
    const { findings } = await plain.examine([...only, '--fix'], { env })
    expect(findings.map(({ id, message, fixed }) => [id, message, fixed])).toEqual([
      ['login-limits', 'role tenant_own: temp_file_limit is not set, not 262144kB', false],
      ['shared-limits', 'role database_service_role has no temp_file_limit', false],
    ])
    for (const { mend } of findings) await plain.database.query(mend ?? '')
    const mended = await plain.examine([...only, '--fix'], { env })
    expect(mended.findings.map(({ id, fixed }) => [id, fixed])).toEqual([['login-limits', true]])
    expectNothing(await plain.examine(only, { env }))
  })
})
