import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Config } from '../../../src/config/schema.ts'
import { openChdb } from '../../../src/engines/clickhouse/connection/chdb.ts'
import { openHttp } from '../../../src/engines/clickhouse/connection/http.ts'
import type { Store } from '../../../src/engines/store.ts'
import {
  apply,
  clickhouseConfig,
  compileFolder,
  connectClickhouse,
  limits,
  shippedMigrations,
} from '../../support/clickhouse.ts'
import { describeEngine } from '../../support/engines.ts'
import { uniqueName } from '../../support/unique-name.ts'

describeEngine('clickhouse', 'companies in ClickHouse', () => {
  let store: Store
  let config: Config

  beforeAll(async () => {
    config = await clickhouseConfig()
    store = await connectClickhouse(config)
    await store.provision([])
    await apply(
      store,
      { scope: 'shared', company: '' },
      await compileFolder(join(shippedMigrations, 'shared'), 'shared'),
    )
  })
  afterAll(() => store.close())

  async function givenCompany(): Promise<string> {
    const company = uniqueName('company')
    await store.provision([{ company, limits }])
    return company
  }

  test('a company that is provisioned twice at once has one place', async () => {
    const company = uniqueName('company')
    await Promise.all([1, 2, 3].map(() => store.provision([{ company, limits }])))
    expect((await store.listCompanies()).filter((name) => name === company)).toEqual([company])
  })

  test('the shipped migrations make the same structure for every company, and take it away again', async () => {
    const [one, other] = [await givenCompany(), await givenCompany()]
    const up = await compileFolder(join(shippedMigrations, 'tenant'), 'tenant')
    for (const company of [one, other]) await apply(store, { scope: 'tenant', company }, up)
    const structures = await store.inspect('tenant', [one, other])
    expect(structures.get(one)).toEqual(structures.get(other))
    expect(structures.get(one)).toContainEqual({
      kind: 'column',
      on: 'signal_analytics',
      name: 'signal_id',
      definition: 'String',
    })
    expect(JSON.stringify(structures.get(one))).not.toContain(one)
    const down = (await compileFolder(join(shippedMigrations, 'tenant'), 'tenant', 'down')).toReversed()
    await apply(store, { scope: 'tenant', company: one }, down)
    expect((await store.inspect('tenant', [one])).get(one)).toEqual([])
  })

  test('nothing is left of a company that was taken away, not even its rows in shared tables', async () => {
    const [gone, stays] = [await givenCompany(), await givenCompany()]
    for (const company of [gone, stays]) {
      await apply(store, { scope: 'tenant', company }, await compileFolder(join(shippedMigrations, 'tenant'), 'tenant'))
      await insertTick(company)
    }
    expect(await store.findRemains(gone)).toContain(`rows in shared.trading_ticks`)
    await Promise.all([store.deprovision(gone), store.deprovision(gone)])
    expect(await store.findRemains(gone)).toEqual([])
    expect(await store.findRemains(stays)).toContain(`rows in shared.trading_ticks`)
    await store.deprovision(gone)
  })

  test('a company’s export has its definitions and the rows of its own and of shared tables', async () => {
    const company = await givenCompany()
    await apply(store, { scope: 'tenant', company }, await compileFolder(join(shippedMigrations, 'tenant'), 'tenant'))
    await insertTick(company)
    const directory = await mkdtemp(join(tmpdir(), 'dbsvc-export-'))
    const files = await store.exportCompany(company, directory)
    const ticks = files.find(({ file }) => file === 'clickhouse.shared.trading_ticks.native')
    expect(ticks?.bytes).toBeGreaterThan(100)
    expect(await readFile(join(directory, 'clickhouse.sql'), 'utf8')).toContain(
      `CREATE TABLE tenant_${company}.signal_analytics`,
    )
    expect((await readFile(join(directory, ticks?.file ?? ''))).toString('latin1')).toContain(company)
  })

  test('facts of a company count its rows and bytes', async () => {
    const company = await givenCompany()
    expect(await store.readFacts(company)).toMatchObject({ items: 0, sizeBytes: 0, lastActivityAt: null })
    await apply(store, { scope: 'tenant', company }, await compileFolder(join(shippedMigrations, 'tenant'), 'tenant'))
    await runSql(
      { scope: 'tenant', company },
      "insert into signal_analytics (signal_id, symbol, signal_type, created_at) values ('s', 'EURUSD', 'buy', now())",
    )
    const facts = await store.readFacts(company)
    expect(facts).toMatchObject({ place: `database tenant_${company}`, items: 2, itemKind: 'rows' })
    expect(facts.sizeBytes).toBeGreaterThan(0)
    expect(Date.parse(facts.lastActivityAt ?? '')).toBeGreaterThan(Date.now() - 60_000)
  })

  test('doctor finds nothing wrong with what dbsvc has made, and one company’s plain name leads to no other', async () => {
    const [victim, intruder] = [await givenCompany(), await givenCompany()]
    const wrong = (await store.examine()).filter(({ id }) => !/disk|async/.test(id))
    expect(wrong).toEqual([])
    expect(await store.probeIsolation(victim, intruder)).toEqual([])
    expect(JSON.stringify([...(await store.inspect('shared', []))])).not.toContain('dbsvc_probe')
  })

  test('doctor sees a shared table into which every company may write for others, and closes it', async () => {
    await runSql({ scope: 'shared', company: '' }, 'alter table trading_ticks drop constraint dbsvc_company_only')
    // The run itself has closed it again.
    expect((await store.examine()).map(({ id }) => id)).not.toContain('clickhouse-open-insert')
    const raw = await openRaw()
    await raw.run('ALTER TABLE shared.ai_predictions DROP CONSTRAINT dbsvc_company_only')
    const open = (await store.examine()).find(({ id }) => id === 'clickhouse-open-insert')
    expect(open?.message).toBe('shared.ai_predictions has no constraint dbsvc_company_only')
    await open?.fix?.()
    expect((await store.examine()).map(({ id }) => id)).not.toContain('clickhouse-open-insert')
    await raw.close()
  })

  test('a company that is there without its user or database counts by its database', async () => {
    const company = await givenCompany()
    const raw = await openRaw()
    await raw.run(`DROP DATABASE tenant_${company}`)
    await raw.close()
    expect(await store.listCompanies()).not.toContain(company)
    await store.provision([{ company, limits }])
    expect(await store.listCompanies()).toContain(company)
  })

  /** As whoever has the server's password. */
  async function openRaw() {
    const { url, path, user, password = '' } = config.clickhouse
    if (url === undefined) return openChdb(path ?? '')
    return openHttp({ url, user, password, application: 'dbsvc test', concurrency: 1, cluster: false, authorities: [] })
  }

  async function insertTick(company: string): Promise<void> {
    await runSql(
      { scope: 'shared', company: '' },
      `insert into trading_ticks (company_id, user_id, symbol, time, bid, ask, volume, spread) values ('${company}', 'u', 'EURUSD', now(), 1.1, 1.2, 3, 0.1)`,
    )
  }

  async function runSql(target: { scope: 'shared' | 'tenant'; company: string }, sql: string): Promise<void> {
    await apply(store, target, await migrationOf(target.scope, sql))
  }
})

async function migrationOf(scope: 'shared' | 'tenant', sql: string) {
  const { mkdtemp: make, writeFile } = await import('node:fs/promises')
  const folder = await make(join(tmpdir(), 'dbsvc-migration-'))
  await writeFile(join(folder, `0001_${uniqueName('step')}.sql`), sql)
  return compileFolder(folder, scope)
}
