import { beforeAll, describe, expect, test } from 'vitest'
import type { EmbeddedPostgres } from '../../src/embedded/postgres/start.ts'
import { createDatabase } from '../support/database.ts'
import { type Fault, testFaults } from './support/faults.ts'
import { givenSetUpPatient, type Patient, startOwnServer } from './support/own-server.ts'

let server: EmbeddedPostgres
let given: Patient
beforeAll(async () => {
  server = await startOwnServer()
  given = await givenSetUpPatient(server, { companies: ['abc'] })
  await given.database.query('create role stranger login; create role "other team"; create role backup login bypassrls')
})

const member = (role: string, of: string): Fault => ({
  sql: `grant ${of} to ${role}`,
  check: 'shared-role',
  finding: 'role-membership',
  names: `role ${role} is a member of ${of}`,
})

const bypass = (sql: string, how: string): Fault => ({
  sql: `alter role backup bypassrls; ${sql}`,
  check: 'shared-role',
  finding: 'role-bypass',
  names: `role backup is BYPASSRLS and ${how}`,
})

const faults: readonly Fault[] = [
  member('stranger', 'dbsvc_owner'),
  member('stranger', 'dbsvc_keeper'),
  member('stranger', 'database_service_role'),
  member('"other team"', 'dbsvc_owner'),
  member('dbsvc_owner', 'pg_read_all_data'),
  member('dbsvc_owner', 'dbsvc_keeper'),
  member('dbsvc_keeper', 'dbsvc_owner'),
  member('dbsvc_keeper', 'pg_write_all_data'),
  {
    // A superuser who does not name the grantor takes back only what superusers have granted.
    sql: `alter database {database} owner to stranger; grant dbsvc_owner to stranger with admin option; set role stranger;
      grant dbsvc_owner to "other team"; reset role`,
    check: 'shared-role',
    finding: 'role-membership',
    names: 'role "other team" is a member of dbsvc_owner',
  },
  bypass(
    `alter database {database} owner to postgres; revoke dbsvc_owner from stranger; grant pg_read_all_data to backup`,
    'a member of pg_read_all_data',
  ),
  bypass(
    'revoke pg_read_all_data from backup; grant select on tenant_abc.users to backup',
    'has rights on 1 table of companies, such as tenant_abc.users',
  ),
  bypass(
    `revoke select on tenant_abc.users from backup; grant select (company_id) on public.market_data to "other team";
      grant "other team" to backup`,
    'has rights on 1 table of companies, such as public.market_data',
  ),
  bypass('grant update on private_shared.trading_ticks to backup', 'has rights on 2 tables of companies'),
]

describe('given strangers who were given a role of dbsvc, or pass row security by', () => {
  testFaults(() => given, faults)
})

describe('given who migrates another database of the server', () => {
  test('when he is a member of the roles of dbsvc, then that is a fault only where he has no database', async () => {
    await given.database.query('create role neighbour login createrole; grant dbsvc_owner to neighbour')
    const found = async (): Promise<string[]> =>
      (await given.examine(['--only', 'shared-role'])).findings.map(({ message }) => message)
    expect(await found()).toEqual(['role neighbour is a member of dbsvc_owner'])
    const { database } = await createDatabase(server)
    await given.database.query(`alter database ${database} owner to neighbour`)
    expect(await found()).toEqual([])
  })
})
