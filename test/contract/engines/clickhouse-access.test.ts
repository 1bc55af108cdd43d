import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Refusal } from '../../../src/embedded/clickhouse/refusal.ts'
import type { Store } from '../../../src/engines/store.ts'
import { type RunningStandIn, startClickhouseStandIn } from '../../standins/clickhouse/start.ts'
import {
  apply,
  clickhouseServerConfig,
  compileFolder,
  connectClickhouse,
  limits,
  shippedMigrations,
} from '../../support/clickhouse.ts'
import { describeEngine, engineFinding } from '../../support/engines.ts'
import { uniqueName } from '../../support/unique-name.ts'

const isStandIn = engineFinding('clickhouse-server').kind === 'stand-in'

const denied = new Refusal(403, 497, 'ACCESS_DENIED', 'Not enough privileges')

describeEngine('clickhouse-server', 'users of companies', () => {
  let standIn: RunningStandIn | null = null
  let url = ''
  let store: Store

  beforeAll(async () => {
    const given = engineFinding('clickhouse-server').url
    if (given === null) standIn = await startClickhouseStandIn()
    url = given ?? standIn?.url ?? ''
    store = await connectClickhouse(clickhouseServerConfig(url))
    await store.provision([])
    await apply(
      store,
      { scope: 'shared', company: '' },
      await compileFolder(join(shippedMigrations, 'shared'), 'shared'),
    )
  })
  beforeEach(() => {
    if (standIn !== null) standIn.refuse = () => undefined
  })
  afterAll(async () => {
    await store.close()
    await standIn?.stop()
  })

  async function givenCompany(): Promise<string> {
    const company = uniqueName('company')
    await store.provision([{ company, limits }])
    return company
  }

  const loginOf = (company: string): string => {
    const { origin } = new URL(url)
    return origin.replace('//', `//tenant_${company}:${encodeURIComponent(`secret of ${company}`)}@`)
  }

  test('a provisioned company logs in with its own password, and what doctor looks for is in order', async () => {
    const company = await givenCompany()
    const own = await connectClickhouse(clickhouseServerConfig(loginOf(company)))
    await own.close()
    const wrong = loginOf(company).replace('secret', 'guess')
    await expect(connectClickhouse(clickhouseServerConfig(wrong))).rejects.toMatchObject({ code: 'DBS-1102' })
    const about = (await store.examine()).filter(
      ({ message }) => message.includes(company) || message.includes('shared.'),
    )
    expect(about).toEqual([])
  })

  test('a suspended company is refused until it is resumed, also after it was provisioned again', async () => {
    const company = await givenCompany()
    await store.suspend(company)
    await store.provision([{ company, limits }])
    await expect(connectClickhouse(clickhouseServerConfig(loginOf(company)))).rejects.toMatchObject({
      code: 'DBS-1102',
    })
    await store.resume({ company, limits })
    await (await connectClickhouse(clickhouseServerConfig(loginOf(company)))).close()
  })

  test('user, quota and profile go with the company', async () => {
    const company = await givenCompany()
    const name = `tenant_${company}`
    expect(await store.findRemains(company)).toEqual(
      expect.arrayContaining([`database ${name}`, `user ${name}`, `quota ${name}`, `settings profile ${name}`]),
    )
    await Promise.all([store.deprovision(company), store.deprovision(company)])
    expect(await store.findRemains(company)).toEqual([])
    await store.suspend(company)
  })

  test('limits that change are the ones in force', async () => {
    const company = await givenCompany()
    await store.applyLimits({ company, limits: { ...limits, queriesPerHour: 7 } })
    if (standIn !== null) expect(standIn.access.quotas.get(`tenant_${company}`)).toContain('MAX queries = 7 ')
  })

  test('doctor sees an opened table and mends it', async () => {
    if (standIn === null) return
    standIn.access.policies = standIn.access.policies.filter(
      ({ table, restrictive }) => table !== 'trading_ticks' || !restrictive,
    )
    const open = (await store.examine()).find(({ id }) => id === 'clickhouse-open-row-policy')
    expect(open?.message).toBe('shared.trading_ticks has row policies, but no restrictive one for everybody')
    await open?.fix?.()
    expect((await store.examine()).map(({ id }) => id)).not.toContain('clickhouse-open-row-policy')
  })

  test('doctor sees a user without company, a company without user, a wide grant and a loose profile', async () => {
    if (standIn === null) return
    const [stray, lost, wide] = [await givenCompany(), await givenCompany(), await givenCompany()]
    standIn.access.users.delete(`tenant_${lost}`)
    standIn.access.grants.push({ grantee: `tenant_${wide}`, access: 'SELECT', database: 'shared', table: '*' })
    standIn.access.profiles.get(`tenant_${wide}`)?.set('max_memory_usage', false)
    standIn.access.users.set(`tenant_${stray}_gone`, { hash: '', locked: false })
    const found = (await store.examine()).map(({ id, message }) => `${id}: ${message}`)
    expect(found).toEqual(
      expect.arrayContaining([
        expect.stringContaining(`clickhouse-user-missing: company ${lost}`),
        expect.stringContaining(`clickhouse-user-stray: ClickHouse has a user tenant_${stray}_gone`),
        expect.stringContaining(`clickhouse-grant-wide: user tenant_${wide} of ClickHouse has SELECT ON shared.*`),
        expect.stringContaining(
          `clickhouse-profile-drift: the settings profile of ${wide} does not fix max_memory_usage`,
        ),
      ]),
    )
    standIn.access.users.delete(`tenant_${stray}_gone`)
  })

  test.runIf(!isStandIn)('nothing of one company gets through to another', async () => {
    expect(await store.probeIsolation(await givenCompany(), await givenCompany())).toEqual([])
  })

  test.runIf(isStandIn)('the probe says what gets through, and nothing where everything is refused', async () => {
    const [victim, intruder] = [await givenCompany(), await givenCompany()]
    // Over these chDB would wait for a network, or for ever; file() would write into the folder that the tests run in.
    const beyond = / (?:url|remote|loop)\(|INTO FUNCTION file\(/
    if (standIn !== null) standIn.refuse = ({ sql }) => (beyond.test(sql) ? denied : undefined)
    const holes = await store.probeIsolation(victim, intruder)
    expect(holes).toContain(`${intruder} could read what ${victim} wrote by its table`)
    expect(holes).toContain(`${intruder} could read what ${victim} wrote by merge()`)
    expect(holes).toContain(`${intruder} could write into its table`)
    if (standIn === null) return
    standIn.refuse = ({ user }) => (user === `tenant_${intruder}` ? denied : undefined)
    expect(await store.probeIsolation(victim, intruder)).toEqual([])
  })

  test.runIf(isStandIn)(
    'no statement holds a password, and every one was accepted by ClickHouse’s parser',
    async () => {
      const company = await givenCompany()
      const sent = standIn?.statements.map(({ sql }) => sql).join('\n') ?? ''
      expect(sent).toContain(`CREATE USER IF NOT EXISTS \`tenant_${company}\``)
      expect(sent).not.toContain('secret of')
      expect(
        standIn?.statements.every(
          ({ settings }) => settings.async_insert === '0' || settings.async_insert === undefined,
        ),
      ).toBe(true)
    },
  )

  test.runIf(isStandIn)('on a cluster everything is done everywhere, with replicated tables', async () => {
    const cluster = await connectClickhouse(clickhouseServerConfig(url, { cluster: 'all nodes' }))
    const before = standIn?.statements.length ?? 0
    const company = uniqueName('company')
    await cluster.provision([{ company, limits }])
    await apply(cluster, { scope: 'tenant', company }, await compileFolder(join(shippedMigrations, 'tenant'), 'tenant'))
    await cluster.suspend(company)
    await cluster.deprovision(company)
    const sent = standIn?.statements.slice(before).map(({ sql }) => sql) ?? []
    const ddl = sent.filter((sql) => /^\s*(CREATE|ALTER|DROP|GRANT|REVOKE|KILL)/i.test(sql))
    expect(ddl.filter((sql) => !sql.includes('ON CLUSTER `all nodes`'))).toEqual([])
    expect(sent.filter((sql) => /^create table/i.test(sql)).every((sql) => sql.includes('engine = Replicated'))).toBe(
      true,
    )
    await cluster.close()
  })
})
