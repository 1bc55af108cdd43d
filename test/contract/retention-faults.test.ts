import { beforeEach, describe, expect, inject, test } from 'vitest'
import { runRetention } from '../../src/app/retention/run.ts'
import { withSession } from '../../src/app/session.ts'
import { loadConfig } from '../../src/config/loader.ts'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { type DbsvcResult, runDbsvc, spawnDbsvc } from '../support/dbsvc.ts'
import { describeEngines } from '../support/engines.ts'
import type { Cluster } from '../support/shipped-cluster.ts'
import { type Phase, startWireProxy } from '../support/wire-proxy.ts'
import { createOldRows, fill, hours, hoursLeft, kept, pieces, places } from './support/old-rows.ts'

describeEngines('given series of which much is too old', (engine) => {
  let cluster: Cluster
  beforeEach(async () => {
    cluster = await createOldRows(engine)
  })

  const run = (env: Record<string, string> = {}): Promise<DbsvcResult> =>
    runDbsvc(['retention', 'run'], { cwd: cluster.project.directory, env })
  const expectAllDropped = async (): Promise<void> => {
    for (const place of places) expect([23, 24, 25].map(kept)).toContainEqual(await hoursLeft(cluster, place))
  }

  describe('when the run is killed', () => {
    const expireCalls = async (): Promise<number[]> => {
      const proxy = await startWireProxy(cluster.database)
      await run({ DBSVC_POSTGRES_PORT: String(proxy.port) })
      await proxy.close()
      return proxy.requests.flatMap(({ number, text }) => (text.includes('expire_time_series') ? [number] : []))
    }
    const killAt = async (at: number, phase: Phase): Promise<DbsvcResult> => {
      const proxy = await startWireProxy(cluster.database, {
        at,
        phase,
        async act(proxy) {
          dbsvc.kill('SIGKILL')
          await dbsvc.exited
          proxy.cut()
        },
      })
      const env = { DBSVC_POSTGRES_PORT: String(proxy.port) }
      const dbsvc = spawnDbsvc(['retention', 'run'], { cwd: cluster.project.directory, env })
      const result = await dbsvc.exited
      await proxy.close()
      return result
    }

    test('between any two of its transactions, then nothing that is kept is gone, and the next run goes on', async () => {
      const calls = await expireCalls()
      // Ten pieces at once: at least three calls a series, the last of which finds none.
      expect(calls.length).toBeGreaterThanOrEqual(9)
      await expectAllDropped()
      for (const [index, phase] of (['before', 'during', 'after', 'before', 'during', 'after'] as const).entries()) {
        cluster = await createOldRows(engine)
        const before = await pieces(cluster, engine)
        const struck = await killAt(calls[index] ?? 0, phase)
        expect(struck.signal, `${phase} ${index}`).toBe('SIGKILL')
        const left = await pieces(cluster, engine)
        expect(left.filter((place) => !before.includes(place))).toEqual([])
        for (const place of places) expect((await hoursLeft(cluster, place)).slice(0, 23)).toEqual(kept(23))
        expect((await run()).exitCode).toBe(ExitCode.Ok)
        await expectAllDropped()
      }
    }, 120_000)
  })

  test('when the connection breaks in the middle, then it says so, and the next run goes on', async () => {
    const proxy = await startWireProxy(cluster.database, { at: 12, phase: 'during', act: async (at) => at.cut() })
    const result = await run({ DBSVC_POSTGRES_PORT: String(proxy.port) })
    await proxy.close()
    expect(result.exitCode).toBe(ExitCode.Engine)
    expect(result.stderr).toContain('DBS-1105')
    expect((await run()).exitCode).toBe(ExitCode.Ok)
    await expectAllDropped()
  })

  describe('given a migration under way', () => {
    test('when it has a company, then nothing of that company is dropped before it ends', async () => {
      const migrating = await cluster.database.connect()
      await migrating.query(
        `begin; select from dbsvc.targets where scope = 'tenant' and company_id = 'company_abc' for update`,
      )
      const running = spawnDbsvc(['retention', 'run'], { cwd: cluster.project.directory })
      await running.waitFor(/waiting for another run, which has "?tenant_company_abc"?\."?quotes/)
      expect(await hoursLeft(cluster, 'tenant_company_abc.quotes')).toEqual(kept(hours))
      // The others were not held up.
      expect((await hoursLeft(cluster, 'tenant_company_xyz.quotes')).length).toBeLessThanOrEqual(25)
      await migrating.query('commit')
      await migrating.end()
      expect((await running.exited).exitCode).toBe(ExitCode.Ok)
      await expectAllDropped()
    })

    test('when it runs outside of a transaction, then its company is left alone too, for as long as is waited', async () => {
      const migrating = await cluster.database.connect()
      await migrating.query(`select pg_advisory_lock(${0x64627374}, hashtext('company_abc'))`)
      const result = await run({ DBSVC_MIGRATIONS_LOCK_WAIT_MS: '300' })
      await migrating.end()
      expect(result.exitCode).toBe(ExitCode.Locked)
      expect(result.stderr).toContain('DBS-1409')
      expect(await hoursLeft(cluster, 'tenant_company_abc.quotes')).toEqual(kept(hours))
      expect((await run()).exitCode).toBe(ExitCode.Ok)
      await expectAllDropped()
    })
  })

  test('when somebody reads a series for long, then it is tried again and given up, and the others are done', async () => {
    const reader = await cluster.database.connect()
    await reader.query('begin; select count(*) from private_company_abc.quotes')
    const result = await run({ DBSVC_MIGRATIONS_LOCK_TIMEOUT_MS: '50', DBSVC_MIGRATIONS_LOCK_ATTEMPTS: '2' })
    expect(result.exitCode).toBe(ExitCode.Locked)
    expect(result.stderr).toContain('dbsvc retention run did not get its locks on tenant_company_abc.quotes')
    expect(result.stderr).toMatch(/trying again in \d+ ms/)
    expect(await hoursLeft(cluster, 'tenant_company_abc.quotes')).toEqual(kept(hours))
    expect((await hoursLeft(cluster, 'tenant_company_xyz.quotes')).length).toBeLessThanOrEqual(25)
    await reader.query('commit')
    await reader.end()
    expect((await run()).exitCode).toBe(ExitCode.Ok)
    await expectAllDropped()
  })

  test('when something hangs on a piece, then that series fails with the reason, and the others are done', async () => {
    const [oldest] = await cluster.database.query<{ place: string }>(
      `select tableoid::regclass::text as place from private_company_abc.quotes where hour = ${hours}`,
    )
    await cluster.database.query(`create view public.hanging as select * from ${oldest?.place}`)
    const result = await run()
    expect(result.exitCode).toBe(ExitCode.Failed)
    expect(result.stderr).toContain('DBS-1107')
    expect(result.stderr).toContain('other objects depend on it')
    expect(await hoursLeft(cluster, 'tenant_company_abc.quotes')).toEqual(kept(hours))
    expect((await hoursLeft(cluster, 'public.ticks')).length).toBeLessThanOrEqual(25)
    await cluster.database.query('drop view public.hanging')
    expect((await run()).exitCode).toBe(ExitCode.Ok)
    await expectAllDropped()
  })

  test('when the first three all fail, then the others are done all the same', async () => {
    const four = ['company_a', 'company_b', 'company_c', 'company_d']
    await cluster.dbsvc('tenant', 'create', ...four)
    for (const company of four) {
      await cluster.asOwner(
        'public',
        `select dbsvc.extend_time_series('tenant_${company}', 'quotes', now() - interval '49 hours')`,
      )
      await cluster.database.query(`insert into private_${company}.quotes values (now() - interval '40 hours', 40)`)
    }
    // In the order in which they are taken, the shared series and company_xyz apart.
    for (const place of ['private_shared.ticks', ...four.slice(0, 3).map((company) => `private_${company}.quotes`)]) {
      const [oldest] = await cluster.database.query<{ place: string }>(
        `select min(tableoid::regclass::text) as place from ${place} where time < now() - interval '39 hours' and time > now() - interval '41 hours'`,
      )
      await cluster.database.query(
        `create view public.hanging_${place.replace('.', '_')} as select * from ${oldest?.place}`,
      )
    }
    const result = await run()
    expect(result.exitCode).toBe(ExitCode.Failed)
    expect(result.stderr).toContain('4 targets failed, 3 done')
    for (const company of ['company_d', 'company_abc', 'company_xyz']) {
      expect((await hoursLeft(cluster, `tenant_${company}.quotes`)).length).toBeLessThanOrEqual(25)
    }
  })

  describe('given a clock that is wrong', () => {
    const runAt = async (now: Date): Promise<{ warnings: string[]; dropped: number }> => {
      const loaded = await loadConfig(
        { cwd: cluster.project.directory, env: { HOME: inject('runDirectory') } },
        () => {},
      )
      const warnings: string[] = []
      const { signal } = new AbortController()
      const onWarning = (text: string): void => void warnings.push(text)
      const series = await withSession(loaded, 'test', (session) =>
        runRetention(session, { dryRun: false, now, signal, onWarning }),
      )
      return { warnings, dropped: series.reduce((sum, one) => sum + one.dropped, 0) }
    }

    test.each([
      '2099-01-01',
      '+200000-01-01T00:00:00Z',
    ])('when this machine’s is at %s, then what the server’s clock keeps is kept', async (now) => {
      const { warnings } = await runAt(new Date(now))
      expect(warnings).toEqual([expect.stringMatching(/^the server's clock is \d+ s behind the other/)])
      await expectAllDropped()
    })

    // The server's can only be seen from this side: it is twelve hours ahead when this machine's is twelve behind.
    test('when the server’s is ahead, then what this machine’s clock keeps is kept', async () => {
      const { warnings } = await runAt(new Date(Date.now() - 12 * 3_600_000))
      // Twelve hours, and the time until the server was asked.
      expect(warnings).toEqual([expect.stringMatching(/^this machine's clock is 432\d\d s behind the other/)])
      for (const place of places) expect([35, 36, 37].map(kept)).toContainEqual(await hoursLeft(cluster, place))
    })

    test('when one is at 1970, then nothing is dropped', async () => {
      expect(await runAt(new Date(0))).toMatchObject({ dropped: 0 })
      for (const place of places) expect(await hoursLeft(cluster, place)).toEqual(kept(hours))
    })
  })

  test('when rows come for what was dropped, then they are kept until the next run', async () => {
    expect((await run()).exitCode).toBe(ExitCode.Ok)
    await fill(cluster)
    expect(await hoursLeft(cluster, 'public.ticks')).toEqual(kept(hours))
    expect((await run()).exitCode).toBe(ExitCode.Ok)
    await expectAllDropped()
  })
})
