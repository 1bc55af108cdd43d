import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import weaviateClient, { generateUuid5, type WeaviateClient } from 'weaviate-client'
import { startEmbeddedWeaviate } from '../../../src/embedded/weaviate/start.ts'
import { describeEngine } from '../../support/engines.ts'
import { uniqueName } from '../../support/unique-name.ts'
import {
  company,
  compiled,
  connectStore,
  type OwnServer,
  runAll,
  startOwnServer,
  weaviateProgram,
} from './weaviate-given.ts'

describeEngine('weaviate', 'rebuilding a class', () => {
  let own: OwnServer
  let client: WeaviateClient

  const connectClient = async ({ url, grpcUrl, apiKey }: OwnServer['server']) =>
    weaviateClient.connectToCustom({
      httpHost: '127.0.0.1',
      httpPort: Number(new URL(url).port),
      grpcHost: '127.0.0.1',
      grpcPort: Number(new URL(grpcUrl).port),
      authCredentials: new weaviateClient.ApiKey(apiKey),
    })
  beforeAll(async () => {
    own = await startOwnServer()
    client = await connectClient(own.server)
  })
  afterAll(async () => {
    await client?.close()
    await own?.stop()
  })

  const classOf = (name: string, properties: readonly object[], index: string) => ({
    class: name,
    multiTenancyConfig: { enabled: true },
    properties,
    vectorConfig: { default: { vectorizer: { none: {} }, vectorIndexType: index } },
  })

  /** A class with so many objects in each of three companies, one of them suspended, and what rebuilds it. */
  const given = async (count: number) => {
    const alias = uniqueName('Things')
    const [from, to] = [`${alias}_a`, `${alias}_b`]
    const companies = ['one', 'two', 'three'].map((word) => uniqueName(word))
    const properties = [
      { name: 'symbol', dataType: ['text'] },
      { name: 'odd', dataType: ['int'] },
      { name: 'next', dataType: [from] },
    ]
    const create = { up: [{ createClass: classOf(from, properties, 'hnsw') }, { createAlias: { alias, class: from } }] }
    await own.store.provision(companies.map((name) => company(name)))
    await runAll(own.store, await compiled(`0001_${alias}.json`, create, own))
    for (const name of companies) {
      const objects = Array.from({ length: count }, (_, index) => ({
        id: generateUuid5(`${index}`),
        properties: { symbol: `S${index}`, odd: index % 2 },
        vectors: [index, 1],
      }))
      const place = client.collections.use(from).withTenant(name)
      await place.data.insertMany(objects)
      await place.data.referenceAdd({ fromUuid: generateUuid5('0'), fromProperty: 'next', to: generateUuid5('1') })
    }
    const idle = companies[2] ?? ''
    await own.store.suspend(idle)
    const wanted = [
      { name: 'ticker', dataType: ['text'], tokenization: 'field' },
      { name: 'next', dataType: [to] },
    ]
    const rebuild = { alias, from, to: classOf(to, wanted, 'flat'), rename: { symbol: 'ticker' }, drop: ['odd'] }
    const migration = await compiled(`0002_${alias}.json`, { up: [{ rebuildClass: rebuild }] }, own)
    return { alias, from, to, companies, idle, migration }
  }

  const expectRebuilt = async (
    { alias, from, to, companies, idle }: Awaited<ReturnType<typeof given>>,
    count: number,
  ) => {
    expect((await client.alias.get(alias)).collection).toBe(to)
    expect(await client.collections.exists(from)).toBe(false)
    expect((await client.collections.use(to).tenants.getByName(idle))?.activityStatus).toBe('INACTIVE')
    await own.store.resume(company(idle))
    for (const name of companies) {
      const place = client.collections.use(alias).withTenant(name)
      expect(await place.length()).toBe(count)
      const first = await place.query.fetchObjectById(generateUuid5('0'), {
        includeVector: true,
        returnReferences: [{ linkOn: 'next' }],
      })
      expect(first?.properties).toEqual({ ticker: 'S0' })
      expect(first?.vectors.default).toEqual([0, 1])
      expect(first?.references?.next?.objects.map(({ uuid }) => uuid)).toEqual([generateUuid5('1')])
    }
    expect((await own.store.examine()).filter(({ message }) => message.includes(to))).toEqual([])
    await client.alias.delete(alias)
    await client.collections.delete(to)
  }

  test('renames, drops, changes the index, and keeps ids, vectors, references and who is suspended', async () => {
    const scene = await given(450)
    const started = performance.now()
    await runAll(own.store, scene.migration)
    expect(performance.now() - started).toBeLessThan(60_000)
    await runAll(own.store, scene.migration, { inDoubt: true })
    await expectRebuilt(scene, 450)
  })

  test('loses nothing of what is written through the alias while it copies', async () => {
    const scene = await given(300)
    const [name = ''] = scene.companies
    const place = client.collections.use(scene.alias).withTenant(name)
    const written = new Set<string>()
    const refused: unknown[] = []
    let isOver = false
    const writer = (async () => {
      for (let index = 0; !isOver; index += 1) {
        const id = generateUuid5(`late ${index}`)
        await place.data.insert({ id, properties: {}, vectors: [index, 2] }).then(
          () => written.add(id),
          (error: unknown) => refused.push(error),
        )
      }
    })()
    await runAll(own.store, scene.migration)
    isOver = true
    await writer
    expect(written.size).toBeGreaterThan(20)
    expect(refused).toEqual([])
    const after = client.collections.use(scene.to).withTenant(name)
    const missing: string[] = []
    for (const id of written) if (!(await after.data.exists(id))) missing.push(id)
    expect(missing).toEqual([])
    await client.alias.delete(scene.alias)
    await client.collections.delete(scene.to)
  })

  test('given up at any point and run again, ends the same', async () => {
    for (const patience of [20, 150, 400, 900]) {
      const scene = await given(250)
      const giveUp = AbortSignal.timeout(patience)
      await runAll(own.store, scene.migration, { signal: giveUp }).catch((error) => expect(error.code).toBe('DBS-1904'))
      await runAll(own.store, scene.migration, { inDoubt: true })
      await expectRebuilt(scene, 250)
    }
  })

  test('given a server that is killed in the middle of the copy, then the next run ends it', async () => {
    const scene = await given(2_000)
    const run = runAll(own.store, scene.migration)
    const failed = run.catch((error: unknown) => error)
    await expect.poll(() => client.collections.exists(scene.to), { timeout: 20_000, interval: 5 }).toBe(true)
    await expect
      .poll(
        async () =>
          (await client.collections
            .use(scene.to)
            .withTenant(scene.companies[0] ?? '')
            .length()
            .catch(() => 0)) > 100,
        {
          timeout: 20_000,
          interval: 10,
        },
      )
      .toBe(true)
    process.kill(own.server.pid, 'SIGKILL')
    expect(await failed).toMatchObject({ code: 'DBS-1105' })
    await own.server.exited
    await client.close()
    await own.store.close()
    const server = await startEmbeddedWeaviate({ program: weaviateProgram(), directory: own.directory })
    const store = await connectStore(server)
    const { directory } = own
    const stop = async () => {
      await store.close()
      await server.stop()
      await rm(directory, { recursive: true })
    }
    own = { server, store, directory, stop }
    client = await connectClient(server)
    await runAll(own.store, scene.migration, { inDoubt: true })
    await expectRebuilt(scene, 2_000)
  })

  test('refuses what would lose references, or mix tenants', async () => {
    const scene = await given(2)
    const other = uniqueName('Referring')
    await client.collections.create({ name: other, references: [{ name: 'to', targetCollection: scene.from }] })
    await expect(runAll(own.store, scene.migration)).rejects.toThrow(`${other} refers to ${scene.from}`)
    await client.collections.delete(other)
    const [step] = scene.migration.steps
    const flat = JSON.parse(step?.text ?? '')
    flat.rebuildClass.to.multiTenancyConfig.enabled = false
    const without = await compiled(`0003_${scene.alias}.json`, { up: [flat] }, own)
    await expect(runAll(own.store, without)).rejects.toThrow('must both have tenants, or neither')
    expect((await client.alias.get(scene.alias)).collection).toBe(scene.from)
  })
})
