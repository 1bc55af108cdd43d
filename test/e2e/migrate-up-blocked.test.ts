import { beforeEach, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { appliedTo } from './support/catalogue.ts'
import { type ErrorDocument, expectError, expectExit, type Given, givenOrders, migration } from './support/given.ts'

const companies = Array.from({ length: 30 }, (_, index) => `c${String(index).padStart(2, '0')}`)
const note = 'alter table orders add column note text;'

describe('given thirty companies, and a session that holds the table of one', () => {
  let given: Given
  let holder: Awaited<ReturnType<Given['database']['connect']>>
  beforeEach(async () => {
    given = await givenOrders({
      companies,
      config: { migrations: { lockTimeoutMs: 1_500, lockHoldMs: 800, lockAttempts: 2 } },
    })
    holder = await given.database.connect()
    await holder.query(`set application_name = 'nightly report'; begin; lock table tenant_c07.orders in share mode`)
    await given.write('migrations/postgres/tenant/0002_note.sql', migration(note))
  })

  const having = async (): Promise<number> =>
    (await given.database.query(`select from dbsvc.ledger where name = '0002_note'`)).length

  test('when it lets go in time, then every company is done, and who was in the way has been told', async () => {
    const run = given.start(['migrate', 'up'], { env: { DBSVC_MIGRATIONS_LOCK_ATTEMPTS: '20' } })
    await run.waitFor(/nightly report/)
    // All others are through while the one is waited for.
    await expect.poll(having, { timeout: 20_000 }).toBe(companies.length - 1)
    await holder.query('commit')
    const result = await run.exited
    expectExit(result, ExitCode.Ok)
    expect(await having()).toBe(companies.length)
  })

  test('when it does not, then that company alone fails, with the session that was in the way', async () => {
    const result = await given.dbsvc(['migrate', 'up', '--json'])
    expectExit(result, ExitCode.Locked)
    const [{ pid } = { pid: 0 }] = (await holder.query<{ pid: number }>('select pg_backend_pid() as pid')).rows
    const { error } = result.json<ErrorDocument<{ target: string; blocker: Record<string, unknown> }>>()
    expect(error).toMatchObject({ code: 'DBS-1505', details: { target: 'c07' } })
    expect(error.details.blocker).toMatchObject({
      pid,
      application: 'nightly report',
      user: 'postgres',
      company: 'c07',
    })
    expect(error.details.blocker.statement).toContain('lock table tenant_c07.orders in share mode')
    expect(error.hint).toContain(`pg_terminate_backend(${pid})`)
    expect(await having()).toBe(companies.length - 1)

    const status = await given.dbsvc(['migrate', 'status'])
    expect(status.stdout).toMatch(/^postgres +tenant +0002 +29 +up to date$/m)
    expect(status.stdout).toMatch(/^postgres +tenant +0001 +1 \(c07\) +1 pending, 1 failed$/m)
    expect(status.stdout).toMatch(/^c07 is at 0001: 0002_note failed, .*did not get its locks on c07/m)

    await holder.query('commit')
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect((await given.dbsvc(['migrate', 'status'])).stdout).toMatch(/^postgres +tenant +0002 +30 +up to date$/m)
  })

  test('when a file says how long it waits, then that holds for it', async () => {
    await given.write('migrations/postgres/tenant/0002_note.sql', `-- dbsvc: lock_timeout 20ms\n${migration(note)}`)
    const started = performance.now()
    const result = await given.dbsvc(['migrate', 'up'], { env: { DBSVC_MIGRATIONS_LOCK_TIMEOUT_MS: '30000' } })
    expectError(result, ExitCode.Locked, 'DBS-1505')
    expect(performance.now() - started).toBeLessThan(30_000)
    await holder.query('commit')
  })
})

test('given a file that says how long its statements may take, when one takes longer, then it is cancelled', async () => {
  const given = await givenOrders({ companies: ['a', 'b'] })
  await given.write(
    'migrations/postgres/tenant/0002_slow.ts',
    `// dbsvc: statement_timeout 200ms\nexport const up = (pgm) => { pgm.sql('select pg_sleep(20)') }\nexport const down = false`,
  )
  const result = await given.dbsvc(['migrate', 'up'])
  expectError(result, ExitCode.Failed, 'DBS-1502')
  expect(result.stderr).toMatch(/failed on a: canceling statement due to statement timeout/)
})

test('given a file with a time that is none, when it is run, then the file is refused before anything is applied', async () => {
  const given = await givenOrders({ companies: ['a'] })
  await given.write('migrations/postgres/tenant/0002_note.sql', `-- dbsvc: lock_timeout soon\n${migration(note)}`)
  expectError(await given.dbsvc(['migrate', 'up']), ExitCode.Refused, 'DBS-1302')
  expect(await appliedTo(given.database, 'tenant', 'a')).toEqual(['0001_orders'])
})

test('given companies that take long, when they are migrated, then no batch of several holds its locks for longer than allowed', async () => {
  const given = await givenOrders({ companies, config: { migrations: { connections: 1, lockHoldMs: 400 } } })
  // Quick for the first, so that batches grow; then slower than the measure says.
  await given.write(
    'migrations/postgres/tenant/0002_note.sql',
    migration(`${note} select pg_sleep(case when current_schema() < 'tenant_c10' then 0.001 else 0.12 end);`),
  )
  expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
  // One transaction is one batch; each company from c10 on has held it up by 120 ms.
  const batches = await given.database.query<{ companies: number; slow: number }>(
    `select count(*)::int as companies, (count(*) filter (where company_id >= 'c10'))::int as slow
     from dbsvc.ledger where name = '0002_note' group by xmin::text`,
  )
  expect(batches.reduce((sum, { companies: size }) => sum + size, 0)).toBe(companies.length)
  expect(Math.max(...batches.map(({ companies: size }) => size))).toBeGreaterThan(3)
  for (const { companies: size, slow } of batches) if (size > 1) expect(slow * 0.12).toBeLessThan(0.5)
})
