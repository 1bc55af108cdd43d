import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { appliedTo } from './support/catalogue.ts'
import { expectError, expectExit, type Given, givenCluster, migration, orders } from './support/given.ts'

describe('given migrations that wait for a table', () => {
  const waits = (table: string): string => migration(`select from gate; create table ${table} (company_id text);`)
  let given: Given
  beforeAll(async () => {
    given = await givenCluster({
      migrations: { 'postgres/tenant/0001_orders.sql': orders },
      config: { migrations: { lockTimeoutMs: 60_000 } },
    })
    await given.database.query('create table public.gate (); grant select on public.gate to dbsvc_owner')
    await given.write('migrations/postgres/shared/0001_slow.sql', waits('slow'))
  })

  /** Holds the table that the migrations wait for; resolves to what lets them through. */
  async function closeGate(): Promise<() => Promise<void>> {
    const holder = await given.database.connect()
    await holder.query('begin; lock table public.gate in access exclusive mode')
    return () => holder.end()
  }

  async function expectWaiting(): Promise<void> {
    const waiting = () =>
      given.database.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
    await expect.poll(waiting, { timeout: 30_000 }).toHaveLength(1)
  }

  test('when two migrate up run at once, then one waits, says for what, and finds nothing to do', async () => {
    const openGate = await closeGate()
    const first = given.start(['migrate', 'up'])
    await expectWaiting()
    const second = given.start(['migrate', 'up'])
    await second.waitFor(
      new RegExp(`waiting for dbsvc migrate up by .*pid ${first.pid} \\(backend \\d+, since [\\d:]{8}\\)`),
    )
    await openGate()
    const [one, two] = await Promise.all([first.exited, second.exited])
    expectExit(one, ExitCode.Ok)
    expect(one.stdout).toBe('1 migration done\n')
    expectExit(two, ExitCode.Ok)
    expect(two.stdout).toBe('nothing to do\n')
    expect(await appliedTo(given.database, 'shared')).toEqual(['0001_slow'])
  })

  test('when another session holds the lock for longer than allowed, then it gives up and says who has it', async () => {
    await given.write('migrations/postgres/shared/0002_more.sql', waits('more'))
    const holder = await given.database.connect()
    await holder.query(`set application_name = 'the nightly job'; select pg_advisory_lock(x'64627376'::int, 1)`)
    const result = await given.dbsvc(['migrate', 'up'], { env: { DBSVC_MIGRATIONS_LOCK_WAIT_MS: '300' } })
    await holder.end()
    expectError(result, ExitCode.Locked, 'DBS-1404')
    expect(result.stderr).toContain('the nightly job')
    expect(await appliedTo(given.database, 'shared')).toEqual(['0001_slow'])
  })

  test('when it is interrupted, then what is under way is finished, the rest is not begun, and the next run goes on', async () => {
    await given.write('migrations/postgres/shared/0003_last.sql', waits('last'))
    const openGate = await closeGate()
    const run = given.start(['migrate', 'up'])
    await expectWaiting()
    run.kill('SIGINT')
    // Nothing tells when the signal has arrived: dbsvc goes on with the migration that is under way.
    await new Promise((resolve) => setTimeout(resolve, 500))
    await openGate()
    const result = await run.exited
    expectError(result, ExitCode.Interrupted, 'DBS-1904')
    expect(await appliedTo(given.database, 'shared')).toEqual(['0001_slow', '0002_more'])
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(await appliedTo(given.database, 'shared')).toEqual(['0001_slow', '0002_more', '0003_last'])
  })
})
