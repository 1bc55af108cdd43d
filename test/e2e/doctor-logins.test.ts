import { beforeAll, describe, expect, test } from 'vitest'
import { expectNothing, givenSetUpPatient, type Patient, startOwnServer } from './support/own-server.ts'

let given: Patient
beforeAll(async () => {
  given = await givenSetUpPatient(await startOwnServer(), { companies: ['abc'] })
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
