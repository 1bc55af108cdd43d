import { mkdtemp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import weaviateClient, { type WeaviateClient } from 'weaviate-client'
import { findOverBudget, readBudget } from '../../../src/engines/weaviate/budget.ts'
import { connectServer } from '../../../src/engines/weaviate/connection.ts'
import { describeEngine } from '../../support/engines.ts'
import { uniqueName } from '../../support/unique-name.ts'
import { company, compiled, configFor, connectStore, type OwnServer, runAll, startOwnServer } from './weaviate-given.ts'

describeEngine('weaviate', 'companies', () => {
  let own: OwnServer
  let client: WeaviateClient

  beforeAll(async () => {
    own = await startOwnServer()
    const [url, grpc] = [new URL(own.server.url), new URL(own.server.grpcUrl)]
    client = await weaviateClient.connectToCustom({
      httpHost: url.hostname,
      httpPort: Number(url.port),
      grpcHost: grpc.hostname,
      grpcPort: Number(grpc.port),
      authCredentials: new weaviateClient.ApiKey(own.server.apiKey),
    })
  })
  afterAll(async () => {
    await client?.close()
    await own?.stop()
  })

  /** A multi-tenant class made by a migration. */
  const makeClass = async (companies: readonly string[] = []): Promise<string> => {
    const name = uniqueName('Things')
    const definition = {
      class: name,
      multiTenancyConfig: { enabled: true },
      properties: [
        { name: 'symbol', dataType: ['text'] },
        { name: 'next', dataType: [name] },
      ],
      vectorConfig: { default: { vectorizer: { none: {} } } },
    }
    const migration = await compiled(`0001_${name}.json`, { up: [{ createClass: definition }] }, own)
    await runAll(own.store, migration, { companies })
    return name
  }
  const tenantsOf = async (name: string) => Object.keys(await client.collections.use(name).tenants.get()).toSorted()

  test('a company that got no further than the ledger is removed from a server that has nothing yet', async () => {
    const name = uniqueName('never')
    await own.store.deprovision(name)
    expect(await own.store.findRemains(name)).toEqual([])
  })

  test('a company has a place before there is any class, and a tenant in each that comes', async () => {
    const name = uniqueName('early')
    await own.store.provision([company(name)])
    expect(await own.store.listCompanies()).toContain(name)
    expect(await tenantsOf(await makeClass())).toContain(name)
  })

  test('given 200 companies, twice in parallel, then each has a tenant and nobody is there twice', async () => {
    const thing = await makeClass()
    const names = Array.from({ length: 200 }, (_, index) => uniqueName(`many${index}`))
    const batches = [names.slice(0, 100), names.slice(100), names.slice(0, 100)]
    await Promise.all(batches.map((batch) => own.store.provision(batch.map((name) => company(name)))))
    const found = await tenantsOf(thing)
    expect(names.filter((name) => !found.includes(name))).toEqual([])
    expect(new Set(found).size).toBe(found.length)
    for (const name of names.slice(0, 3)) await own.store.deprovision(name)
    expect((await tenantsOf(thing)).filter((name) => names.slice(0, 3).includes(name))).toEqual([])
  })

  test('a suspended company is refused, stays so when it is provisioned again, and is back with its data', async () => {
    const name = uniqueName('rests')
    const thing = await makeClass()
    await own.store.provision([company(name)])
    const place = client.collections.use(thing).withTenant(name)
    await place.data.insert({ properties: { symbol: 'AAPL' }, vectors: [1, 0] })
    await own.store.suspend(name)
    await own.store.suspend(name)
    await own.store.provision([company(name)])
    await expect(place.query.fetchObjects()).rejects.toThrow(/not active/)
    // A class that comes meanwhile has it suspended too.
    const later = await makeClass([name])
    expect((await client.collections.use(later).tenants.getByName(name))?.activityStatus).toBe('INACTIVE')
    expect((await own.store.readFacts(name)).items).toBeNull()
    await own.store.resume(company(name))
    expect(await place.length()).toBe(1)
    expect(await own.store.readFacts(name)).toMatchObject({ place: `tenant ${name}`, items: 1, itemKind: 'objects' })
    await client.collections.delete(later)
  })

  test('removing a company leaves nothing of it and everything of one whose name begins the same', async () => {
    const [name, other] = [uniqueName('gone'), uniqueName('gone')]
    const longer = `${name}_b`
    const thing = await makeClass()
    await own.store.provision([company(name), company(longer), company(other)])
    // With the tokenization `word` the server's own filter takes one name for the other.
    const shared = uniqueName('Rows')
    await client.collections.create({ name: shared, properties: [{ name: 'company_id', dataType: 'text' }] })
    await client.collections
      .use(shared)
      .data.insertMany([name, longer, other, name].map((id) => ({ properties: { company_id: id } })))
    expect(await own.store.findRemains(name)).toEqual([
      `2 objects with company_id ${name} in ${shared}`,
      ...(await client.collections.listAll())
        .filter(({ multiTenancy }) => multiTenancy.enabled)
        .map((found) => `tenant ${name} in ${found.name}`)
        .toSorted(),
      `record company of ${name}`,
    ])
    await own.store.deprovision(name)
    await own.store.deprovision(name)
    expect(await own.store.findRemains(name)).toEqual([])
    expect(await own.store.listCompanies()).not.toContain(name)
    expect(await tenantsOf(thing)).toEqual(expect.arrayContaining([longer, other]))
    expect(await client.collections.use(shared).length()).toBe(2)
    await client.collections.delete(shared)
  })

  test('an export has every object with its vector, of a suspended company too, and puts that back', async () => {
    const name = uniqueName('exported')
    const thing = await makeClass()
    await own.store.provision([company(name)])
    const objects = Array.from({ length: 450 }, (_, index) => ({
      properties: { symbol: `S${index}` },
      vectors: [index, 1],
    }))
    await client.collections.use(thing).withTenant(name).data.insertMany(objects)
    await own.store.suspend(name)
    const directory = await mkdtemp(join(own.directory, 'export-'))
    const files = await own.store.exportCompany(name, directory)
    const text = await readFile(join(directory, `${thing}.ndjson`), 'utf8')
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toHaveLength(450)
    expect(new Set(lines.map(({ properties }) => properties.symbol)).size).toBe(450)
    expect(lines[0].vectors.default).toHaveLength(2)
    expect(files).toContainEqual({ file: `${thing}.ndjson`, bytes: Buffer.byteLength(text) })
    expect((await client.collections.use(thing).tenants.getByName(name))?.activityStatus).toBe('INACTIVE')
  })

  test('given a company that is in one class and not in another, then examine says so and mends it', async () => {
    const name = uniqueName('half')
    const thing = await makeClass()
    await own.store.provision([company(name)])
    await client.collections.use(thing).tenants.remove(name)
    const found = (await own.store.examine()).find(
      ({ id, message }) => id === 'weaviate-missing-tenant' && message.includes(name),
    )
    await found?.fix?.()
    expect(await tenantsOf(thing)).toContain(name)
    expect((await own.store.examine()).filter(({ message }) => message.includes(name))).toEqual([])
  })

  test('examine finds what is wrong with classes, aliases and suspended companies', async () => {
    const name = uniqueName('wrong')
    const [thing, rows, alias] = [await makeClass(), uniqueName('Rows'), uniqueName('Alias')]
    await own.store.provision([company(name)])
    await own.store.suspend(name)
    await client.collections.use(thing).tenants.activate(name)
    await client.collections.use(thing).config.update({ multiTenancy: { autoTenantCreation: true } } as never)
    await client.collections.create({ name: rows, properties: [{ name: 'company_id', dataType: 'text' }] })
    const gone = uniqueName('Gone')
    await client.collections.create({ name: gone })
    await client.alias.create({ alias, collection: gone })
    await client.collections.delete(gone)
    const observations = await own.store.examine()
    expect(observations.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'weaviate-automatic-tenants',
        'weaviate-shared-class',
        'weaviate-dangling-alias',
        'weaviate-active-suspended',
      ]),
    )
    expect(observations.map(({ id }) => id)).not.toContain('weaviate-anonymous-access')
    for (const { fix } of observations) await fix?.()
    const ids = (await own.store.examine()).map(({ id }) => id)
    expect(ids).not.toContain('weaviate-automatic-tenants')
    expect(ids).not.toContain('weaviate-active-suspended')
    await client.alias.delete(alias)
    await client.collections.delete(rows)
  })

  test('the probe finds nothing between two companies, and finds a class that makes tenants by itself', async () => {
    const [victim, intruder] = [uniqueName('victim'), uniqueName('intruder')]
    const thing = await makeClass()
    await own.store.provision([company(victim), company(intruder)])
    expect(await own.store.probeIsolation(victim, intruder)).toEqual([])
    expect(await client.collections.use(thing).withTenant(victim).length()).toBe(0)
    await client.collections.use(thing).config.update({ multiTenancy: { autoTenantCreation: true } } as never)
    expect(await own.store.probeIsolation(victim, intruder)).toEqual([
      `${intruder} makes a tenant by a typing mistake in ${thing}`,
    ])
    await client.collections.delete(thing)
  })

  test('the probe finds every way but those without a tenant, where intruder and victim are kept in one', async () => {
    const name = uniqueName('both')
    const thing = await makeClass()
    await own.store.provision([company(name)])
    const found = (await own.store.probeIsolation(name, name)).filter((way) => way.endsWith(` in ${thing}`))
    expect(found).toEqual(
      [
        'reads an object by its id',
        'lists objects',
        'finds an object by its vector',
        'finds an object by being near to it',
        'removes an object by its id',
        'replaces an object by writing its id',
        'reads an object through a reference',
      ].map((what) => `${name} ${what} in ${thing}`),
    )
    await client.collections.delete(thing)
  })

  test('a company over its budget is told, and none is that has what it may', async () => {
    const name = uniqueName('many')
    const thing = await makeClass()
    await own.store.provision([company(name, 3)])
    const connection = await connectServer(configFor(own.server).weaviate)
    const insert = (count: number) =>
      client.collections
        .use(thing)
        .withTenant(name)
        .data.insertMany(Array.from({ length: count }, () => ({ properties: {} })))
    await insert(3)
    expect(await readBudget(connection, name)).toEqual({ company: name, objects: 3, budget: 3, over: false })
    await insert(1)
    expect(await readBudget(connection, name)).toMatchObject({ objects: 4, over: true })
    const over = { company: name, objects: 4, budget: 3, over: true }
    expect(await findOverBudget(connection, 10_000)).toEqual([over])
    // What the nodes say may lag, and is never too much.
    expect([[], [over]]).toContainEqual(await findOverBudget(connection, 0))
    await own.store.applyLimits(company(name, 4))
    expect(await readBudget(connection, name)).toMatchObject({ budget: 4, over: false })
    await connection.client.close()
  })

  test('a wrong key is refused as such, and is not told', async () => {
    const refused = connectStore({ ...own.server, apiKey: 'wrong-key-of-somebody' })
    await expect(refused).rejects.toMatchObject({ code: 'DBS-1102' })
    await expect(refused).rejects.not.toThrow(/wrong-key-of-somebody/)
  })

  test('a server that is not there, and one whose gRPC port is not', async () => {
    await expect(connectStore({ ...own.server, url: 'http://127.0.0.1:9' })).rejects.toMatchObject({ code: 'DBS-1101' })
    await expect(connectStore({ ...own.server, grpcUrl: 'http://127.0.0.1:9' })).rejects.toMatchObject({
      code: 'DBS-1101',
      message: expect.stringContaining('127.0.0.1:9'),
    })
  })
})
