import { Client } from 'pg'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import type { EmbeddedPostgres } from '../../src/embedded/postgres/start.ts'
import { expectExit } from './support/given.ts'
import { expectNothing, givenSetUpPatient, named, type Patient, startOwnServer } from './support/own-server.ts'

describe('given a server that is set up to hurt', () => {
  let given: Patient
  beforeAll(async () => {
    const server = await startOwnServer({
      settings: { max_connections: '14', max_locks_per_transaction: '10', wal_level: 'minimal', max_wal_senders: '0' },
    })
    given = await givenSetUpPatient(server, { companies: ['abc', 'xyz'] })
    expectExit(await given.dbsvc(['tenant', 'create', 'direct', '--login']), ExitCode.Ok)
  })

  test('when it has few connections and locks, then doctor says what a migration takes of them', async () => {
    const diagnosis = await given.examine(['--only', 'capacity'])
    expect(diagnosis.findings.map(({ id, message, mend }) => [id, message, mend])).toEqual([
      [
        'connections-few',
        '11 connections for clients, 2 of which a migration takes',
        'alter system set max_connections = 24; then restart the server',
      ],
      [
        'locks-few',
        expect.stringMatching(
          /^140 locks; a company such as \w+ has \d+ objects to lock, 50 companies on 2 connections make \d+ of half of them$/,
        ),
        expect.stringMatching(/^alter system set max_locks_per_transaction = \d+; then restart the server$/),
      ],
    ])
    // The objects are those that pg_class has.
    const [row] = await given.database.query<{ objects: number }>(
      `select sum(case when reltoastrelid <> 0 then 3 else 1 end)::int as objects from pg_class where relnamespace = 'tenant_abc'::regnamespace`,
    )
    expect(diagnosis.findings[1]?.message).toContain(` has ${row?.objects} objects`)
    const modest = { env: { DBSVC_MIGRATIONS_BATCH_SIZE: '1', DBSVC_MIGRATIONS_CONNECTIONS: '1' } }
    expect(named(await given.examine(['--only', 'capacity'], modest))).toEqual([])
  })

  test('when most connections are taken, then doctor says so', async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, () => given.database.connect()))
    const diagnosis = await given.examine(['--only', 'capacity'])
    for (const client of clients) await client.end()
    expect(named(diagnosis)).toContain('capacity connections-crowded')
    expect(diagnosis.findings.find(({ id }) => id === 'connections-crowded')?.message).toMatch(
      /^(9|1\d) of 11 connections are in use$/,
    )
  })

  test('when its log of changes is minimal, then doctor says what that rules out', async () => {
    const { findings } = await given.examine(['--only', 'settings'])
    expect(findings.map(({ id, message, mend }) => [id, message, mend])).toContainEqual([
      'wal-level-minimal',
      'wal_level is minimal',
      `alter system set wal_level = 'replica'; then restart the server`,
    ])
  })
})

describe('given a server whose settings are changed', () => {
  let server: EmbeddedPostgres
  let given: Patient
  beforeAll(async () => {
    server = await startOwnServer()
    given = await givenSetUpPatient(server, { companies: ['abc'] })
    expectNothing(await given.examine(['--only', 'settings', '--only', 'capacity']))
  })

  /** ALTER SYSTEM runs in no transaction, and so in no text of several statements. */
  async function run(commands: string): Promise<void> {
    for (const command of commands.split('; ')) await given.database.query(command)
  }

  test.each([
    ['fsync', 'off', 'fsync-off', 'error'],
    ['full_page_writes', 'off', 'full-page-writes-off', 'error'],
    ['synchronous_commit', 'off', 'synchronous-commit-off', 'warning'],
    ['autovacuum', 'off', 'autovacuum-off', 'warning'],
    ['password_encryption', 'md5', 'password-encryption-md5', 'warning'],
    ['statement_timeout', '30s', 'statement-timeout-short', 'warning'],
    ['transaction_timeout', '10min', 'transaction-timeout-set', 'warning'],
    ['idle_session_timeout', '1h', 'idle-session-timeout-set', 'warning'],
  ])('when %s is %s, then doctor says why that hurts, and what it says mends it', async (name, value, finding, severity) => {
    await run(`alter system set ${name} = '${value}'; select pg_reload_conf()`)
    const settled = async () => (await given.examine(['--only', 'settings'])).findings
    await expect.poll(async () => (await settled()).map(({ id }) => id), { timeout: 15_000 }).toEqual([finding])
    const [found] = await settled()
    expect(found).toMatchObject({ severity, message: expect.stringContaining(`${name} is `) })
    await run(found?.mend ?? '')
    await expect.poll(settled, { timeout: 15_000 }).toEqual([])
  })

  test('when a company with a LOGIN role may stay idle inside a transaction, then that is found', async () => {
    expectExit(await given.dbsvc(['tenant', 'create', 'direct', '--login']), ExitCode.Ok)
    const { findings } = await given.examine(['--only', 'settings'])
    expect(findings.map(({ id }) => id)).toEqual(['idle-transaction-unlimited'])
    await run(findings[0]?.mend ?? '')
    await expect.poll(async () => named(await given.examine(['--only', 'settings'])), { timeout: 15_000 }).toEqual([])
  })

  test('when the network is used without encryption, then that is found', async () => {
    // Another name of this machine, of which dbsvc cannot know that.
    const env = { DBSVC_POSTGRES_HOST: '127.1', DBSVC_POSTGRES_SSL: 'disable' }
    const { findings } = await given.examine(['--only', 'settings'], { env })
    expect(findings.map(({ id, message }) => [id, message])).toEqual([
      ['ssl-off', 'connections to 127.1 are not encrypted: ssl is off on the server, postgres.ssl is disable'],
    ])
  })

  test('when a standby does not replay, then doctor says so', async () => {
    const { host, port, user, password } = server
    const standby = new Client({
      host,
      port,
      user,
      password,
      application_name: 'lagging',
      replication: 'true',
    } as object)
    standby.on('error', () => {})
    await standby.connect()
    onTestFinished(() => standby.end())
    const [position] = await given.database.query<{ lsn: string }>('select pg_current_wal_lsn() as lsn')
    void standby.query(`START_REPLICATION PHYSICAL ${position?.lsn}`).catch(() => {})
    const only = ['--only', 'replication']
    await expect
      .poll(async () => named(await given.examine(only)), { timeout: 15_000 })
      .toEqual(['replication standby-behind'])
    const { findings } = await given.examine(only)
    expect(findings[0]?.message).toMatch(/^standby lagging is (streaming|catchup), and has replayed nothing$/)
  })

  test('when a slot keeps changes for nobody, then doctor says how many, and what it says mends it', async () => {
    await given.database.query(`select pg_create_physical_replication_slot('forgotten', true)`)
    const { findings } = await given.examine(['--only', 'replication'])
    const [found] = findings.filter(({ id }) => id === 'slot-inactive')
    expect(found?.message).toMatch(/^replication slot forgotten is not in use and keeps \d+ bytes$/)
    await given.database.query((found?.mend ?? '').split(',')[0] ?? '')
    expect(await given.database.query('select from pg_replication_slots')).toEqual([])
  })
})
