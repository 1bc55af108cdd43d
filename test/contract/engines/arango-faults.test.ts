import { afterAll, beforeAll, expect, test } from 'vitest'
import { configSchema } from '../../../src/config/schema.ts'
import { findFreePort } from '../../../src/embedded/free-ports.ts'
import { arango } from '../../../src/engines/arango/engine.ts'
import type { Store, StoreStep } from '../../../src/engines/store.ts'
import { arangoServer, connectArango, type TestArango } from '../../support/arango.ts'
import { type Fate, startArangoProxy } from '../../support/arango-proxy.ts'
import { arangoStore, asCompany, companyNamed, migrate, migrationsIn, stepOptions } from '../../support/arango-store.ts'
import { describeEngine } from '../../support/engines.ts'
import { uniqueName } from '../../support/unique-name.ts'

const losses = ['lose request', 'lose answer'] as const

describeEngine('arango', 'faults', () => {
  let server: TestArango
  let store: Store

  beforeAll(async () => {
    server = await arangoServer()
    store = await arangoStore()
  })
  afterAll(() => store.close())

  /** Does `work` with a store whose request `at`, counted from when it is connected, has this fate. @returns what it threw, and how many requests there were */
  async function through(
    fate: Fate,
    at: number,
    work: (store: Store) => Promise<unknown>,
  ): Promise<{ error: unknown; requests: number }> {
    let connected = Number.POSITIVE_INFINITY
    const proxy = await startArangoProxy(server.url, (count) => (count - connected === at ? fate : 'pass'))
    const troubled = await arangoStore({ ...server, url: proxy.url })
    connected = proxy.count()
    const error = await work(troubled).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    const requests = proxy.count() - connected
    await troubled.close()
    await proxy.stop()
    return { error, requests }
  }

  /** The same for each request of `work` in turn, until there are no more; `after` says that a run without faults mends it. */
  async function atEachRequest(
    work: (store: Store, subject: string) => Promise<unknown>,
    after: (subject: string, error: unknown) => Promise<void>,
    subjectOf: () => Promise<string>,
  ): Promise<number> {
    let points = 0
    for (const loss of losses) {
      for (let at = 1; ; at += 1) {
        const subject = await subjectOf()
        const { error, requests } = await through(loss, at, (troubled) => work(troubled, subject))
        if (requests < at) break
        points += 1
        if (error !== null) expect(error).toMatchObject({ code: expect.stringMatching(/^DBS-110[15]$/) })
        await after(subject, error)
      }
    }
    return points
  }

  test('a creation that is cut off at any request is made good by the next', async () => {
    const points = await atEachRequest(
      (troubled, company) => troubled.provision([companyNamed(company)]),
      async (company) => {
        await store.provision([companyNamed(company)])
        const own = await asCompany(company)
        await own.createCollection('trades')
        expect(await own.listUserDatabases()).toEqual([`tenant_${company}`])
        await store.deprovision(company)
        expect(await store.findRemains(company)).toEqual([])
      },
      async () => uniqueName('cut'),
    )
    expect(points).toBeGreaterThan(15)
  })

  test('a creation that is cut off at any request can be undone instead', async () => {
    await atEachRequest(
      (troubled, company) => troubled.provision([companyNamed(company)]),
      async (company) => {
        await store.deprovision(company)
        expect(await store.findRemains(company)).toEqual([])
      },
      async () => uniqueName('cut'),
    )
  })

  test('a removal that is cut off at any request goes on, and leaves nothing', async () => {
    const points = await atEachRequest(
      (troubled, company) => troubled.deprovision(company),
      async (company) => {
        await store.deprovision(company)
        expect(await store.findRemains(company)).toEqual([])
      },
      async () => {
        const company = uniqueName('cut')
        await store.provision([companyNamed(company)])
        return company
      },
    )
    expect(points).toBeGreaterThan(8)
  })

  test('a suspension that is cut off at any request is made good by the next', async () => {
    await atEachRequest(
      (troubled, company) => troubled.suspend(company),
      async (company) => {
        await store.suspend(company)
        await expect((await asCompany(company)).get()).rejects.toMatchObject({ code: 401 })
        await store.resume(companyNamed(company))
        expect((await (await asCompany(company)).get()).name).toBe(`tenant_${company}`)
        await store.deprovision(company)
      },
      async () => {
        const company = uniqueName('cut')
        await store.provision([companyNamed(company)])
        return company
      },
    )
  })

  test.each([
    'up',
    'down',
  ] as const)('migrations %s that are cut off at any request end as if they were not', async (direction) => {
    const files = await migrationsIn('tenant')
    const reference = uniqueName('whole')
    await store.provision([companyNamed(reference)])
    await migrate(store, reference, files)
    if (direction === 'down') await migrate(store, reference, files, 'down')
    const expected = (await store.inspect('tenant', [reference])).get(reference)
    const compiled = await arango.compile(
      files,
      new Set(files.map(({ name }) => name)),
      direction,
      configSchema.parse({}),
    )
    const steps = (direction === 'up' ? compiled : compiled.toReversed()).flatMap((one) => [...one.steps])
    const company = uniqueName('cut')
    await store.provision([companyNamed(company)])
    const run = async (on: Store, index: number, inDoubt: boolean): Promise<void> =>
      on.run({ scope: 'tenant', company }, steps[index] as StoreStep, stepOptions(inDoubt))
    if (direction === 'down') await migrate(store, company, files)
    // Each step meets its own losses, at its first request and at its second, and is then seen through.
    for (const index of steps.keys()) {
      for (const loss of losses) {
        for (const at of [1, 2]) {
          const { error } = await through(loss, at, (troubled) => run(troubled, index, true))
          if (error !== null) expect(error).toMatchObject({ code: expect.stringMatching(/^DBS-110[15]$/) })
        }
      }
      await run(store, index, true)
    }
    expect((await store.inspect('tenant', [company])).get(company)).toEqual(expected)
  })

  test.each([
    'garbage',
    'not found',
    'wrong shape',
    'half an answer',
  ] as const)('%s in place of an answer is an error that says so', async (fate) => {
    const company = uniqueName('garbled')
    await store.provision([companyNamed(company)])
    for (const work of [
      (troubled: Store) => troubled.provision([companyNamed(company)]),
      (troubled: Store) => troubled.findRemains(company),
      (troubled: Store) => troubled.inspect('tenant', [company]),
      (troubled: Store) => troubled.listCompanies(),
      (troubled: Store) => troubled.readFacts(company),
      (troubled: Store) => troubled.health(),
      (troubled: Store) => troubled.examine(),
    ]) {
      const { error } = await through(fate, 1, work)
      expect(error).toMatchObject({
        code: expect.stringMatching(/^DBS-110[57]$/),
        message: expect.stringContaining('127.0.0.1'),
      })
    }
    const proxy = await startArangoProxy(server.url, () => fate)
    await expect(arangoStore({ ...server, url: proxy.url })).rejects.toMatchObject({
      code: 'DBS-1101',
    })
    await proxy.stop()
  })

  test('an answer that never ends is waited for only until the run is given up', async () => {
    const company = uniqueName('hanging')
    await store.provision([companyNamed(company)])
    const files = await migrationsIn('tenant')
    const [compiled] = await arango.compile(files, new Set([files[0]?.name ?? '']), 'up', configSchema.parse({}))
    const step = compiled?.steps[0] as StoreStep
    const started = performance.now()
    const { error } = await through('hang', 1, (troubled) =>
      troubled.run({ scope: 'tenant', company }, step, { ...stepOptions(), signal: AbortSignal.timeout(200) }),
    )
    expect(error).toMatchObject({ code: 'DBS-1105' })
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  test('an answer that is slow is waited for', async () => {
    const company = uniqueName('slow')
    expect(await through('slow', 3, (troubled) => troubled.provision([companyNamed(company)]))).toMatchObject({
      error: null,
    })
    expect((await (await asCompany(company)).get()).name).toBe(`tenant_${company}`)
  })

  test('a server that is not there, and credentials that are wrong, are told apart', async () => {
    const nowhere = `http://127.0.0.1:${await findFreePort()}`
    await expect(arangoStore({ ...server, url: nowhere })).rejects.toMatchObject({ code: 'DBS-1101' })
    const wrong = arangoStore({ ...server, password: 'pässwört €' })
    await expect(wrong).rejects.toMatchObject({ code: 'DBS-1102', message: expect.not.stringContaining('pässwört') })
  })

  test('a password of any letters is one', async () => {
    const user = uniqueName('administrator')
    const system = connectArango(server)
    await system.createUser(user, 'pässwört €')
    await system.setUserAccessLevel(user, { database: '_system' }, 'rw')
    const other = await arangoStore({ ...server, user, password: 'pässwört €' })
    expect(await other.health()).toMatchObject({ version: expect.stringMatching(/^3\./) })
    const found = (await store.examine()).filter(({ message }) => message.includes(user))
    expect(found).toEqual([expect.objectContaining({ id: 'arango-open-grant' })])
    await other.close()
    await system.removeUser(user)
  })
})
