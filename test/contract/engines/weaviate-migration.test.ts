import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import weaviateClient, { type WeaviateClient } from 'weaviate-client'
import { configSchema } from '../../../src/config/schema.ts'
import { keyOf } from '../../../src/core/structure/object.ts'
import { weaviate } from '../../../src/engines/weaviate/engine.ts'
import { describeEngine } from '../../support/engines.ts'
import { uniqueName } from '../../support/unique-name.ts'
import { company, compiled, type OwnServer, runAll, startOwnServer } from './weaviate-given.ts'

const shipped = fileURLToPath(new URL('../../../migrations/weaviate/shared', import.meta.url))

describeEngine('weaviate', 'migrations', () => {
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

  const up = async (content: unknown, running = {}) =>
    runAll(own.store, await compiled(`0001_${uniqueName('step')}.json`, content, own), running)
  const definition = (name: string) => ({
    class: name,
    multiTenancyConfig: { enabled: true },
    properties: [{ name: 'symbol', dataType: ['text'], tokenization: 'field' }],
    vectorConfig: { default: { vectorizer: { none: {} }, vectorIndexConfig: { distance: 'cosine' } } },
  })

  test('the shipped classes answer a search as the specification asks for it, and go away again', async () => {
    const names = ['0001_trading_patterns', '0002_model_features', '0003_prediction_embeddings']
    const files = names.map((name) => ({
      scope: 'shared' as const,
      name,
      version: name.slice(0, 4),
      path: join(shipped, `${name}.json`),
      checksum: '',
    }))
    const config = configSchema.parse({})
    await own.store.provision([company('company_abc'), company('company_xyz')])
    for (const migration of await weaviate.compile(files, new Set(names), 'up', config)) {
      await runAll(own.store, migration)
      await runAll(own.store, migration, { inDoubt: true })
    }
    const patterns = client.collections.use('TradingPatterns')
    const at = (degrees: number) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180), 0]
    await patterns
      .withTenant('company_abc')
      .data.insertMany(
        [0, 20, 50, 90, 180].map((degrees) => ({ properties: { symbol: `at${degrees}` }, vectors: at(degrees) })),
      )
    await patterns.withTenant('company_xyz').data.insert({ properties: { symbol: 'theirs' }, vectors: at(0) })
    const near = await patterns
      .withTenant('company_abc')
      .query.nearVector(at(0), { certainty: 0.8, limit: 10, returnMetadata: ['certainty'] })
    // The certainty of 50 degrees is (1 + cos 50°) / 2 = 0.82, that of 90 degrees 0.5.
    expect(near.objects.map(({ properties }) => properties.symbol)).toEqual(['at0', 'at20', 'at50'])
    expect(near.objects[2]?.metadata?.certainty).toBeCloseTo(0.8214, 3)
    const structure = (await own.store.inspect('shared', [])).get('') ?? []
    expect(new Set(structure.map(keyOf)).size).toBe(structure.length)
    expect(structure).toContainEqual({
      kind: 'view',
      on: '',
      name: 'TradingPatterns',
      definition: 'alias of TradingPatternsV1',
    })
    const companies = await own.store.inspect('tenant', ['company_abc', 'company_xyz', 'nobody'])
    expect(companies.get('company_abc')).toEqual(companies.get('company_xyz'))
    expect(companies.get('nobody')).toEqual([])
    await own.store.suspend('company_xyz')
    expect((await own.store.inspect('tenant', ['company_xyz'])).get('company_xyz')).toEqual(
      companies.get('company_abc'),
    )
    for (const migration of (await weaviate.compile(files, new Set(names), 'down', config)).toReversed()) {
      await runAll(own.store, migration)
    }
    expect((await own.store.inspect('shared', [])).get('')).toEqual([])
  })

  test('what is there already counts as done when it is the same, and is refused with the difference when not', async () => {
    const name = uniqueName('Things')
    await up({ up: [{ createClass: definition(name) }] })
    await up({ up: [{ createClass: definition(name) }] })
    const other = definition(name)
    await expect(
      up({ up: [{ createClass: { ...other, properties: [{ name: 'symbol', dataType: ['int'] }] } }] }),
    ).rejects.toMatchObject({
      code: 'DBS-1107',
      message: expect.stringContaining(`properties.symbol.dataType is ["text"], not ["int"]`),
    })
    await expect(up({ up: [{ createClass: { ...other, multiTenancyConfig: { enabled: false } } }] })).rejects.toThrow(
      'multiTenancyConfig.enabled is true, not false',
    )
    await expect(up({ up: [{ createClass: { ...other, properties: [] } }] })).rejects.toThrow(
      'properties.symbol was not asked for',
    )
    const add = { addProperty: { class: name, property: { name: 'count', dataType: ['int'] } } }
    await Promise.all([up({ up: [add] }), up({ up: [add] })])
    await expect(
      up({ up: [{ addProperty: { class: name, property: { name: 'count', dataType: ['text'] } } }] }),
    ).rejects.toThrow('properties.count.dataType is ["int"], not ["text"]')
    await expect(up({ up: [{ addProperty: { ...add.addProperty, class: 'Nowhere' } }] })).rejects.toThrow(
      'there is no class Nowhere',
    )
    await up({
      up: [
        {
          updateClass: {
            class: name,
            set: { description: 'new', vectorConfig: { default: { vectorIndexConfig: { ef: 99 } } } },
          },
        },
      ],
    })
    await expect(
      up({
        up: [
          {
            updateClass: {
              class: name,
              set: { vectorConfig: { default: { vectorIndexConfig: { distance: 'dot' } } } },
            },
          },
        ],
      }),
    ).rejects.toThrow(/distance is immutable/)
    await up({
      up: [
        { addVector: { class: name, name: 'second', vector: { vectorizer: { none: {} }, vectorIndexType: 'flat' } } },
      ],
    })
    const removal = { up: [{ removeClass: name }] }
    await up(removal)
    await expect(up(removal)).rejects.toThrow(`there is no class ${name} to remove`)
    await up(removal, { inDoubt: true })
  })

  test('given several runs at once, then a class, its alias and its tenants are there once', async () => {
    const [name, alias] = [uniqueName('Things'), uniqueName('Alias')]
    const document = { up: [{ createClass: definition(name) }, { createAlias: { alias, class: name } }] }
    const companies = ['one', 'two', 'three'].map((word) => uniqueName(word))
    await Promise.all([1, 2, 3, 4].map(() => up(document, { companies })))
    expect(Object.keys(await client.collections.use(name).tenants.get())).toEqual(expect.arrayContaining(companies))
    await expect(up({ up: [{ removeClass: name }] })).rejects.toThrow(`the alias ${alias} stands for ${name}`)
    await up({ up: [{ removeAlias: alias }, { removeClass: name }] })
  })

  test('a module works on one company, twice without harm, and says where it has no way down', async () => {
    const name = uniqueName('Things')
    await up({ up: [{ createClass: definition(name) }] }, { companies: ['company_m'] })
    const text = `
      export const up = async ({ client, tenant, companies }) => {
        const here: string[] = await companies()
        const id = '00000000-0000-0000-0000-00000000000${'1'}'
        await client.collections.use('${name}').withTenant(tenant).data.insertMany([{ id, properties: { symbol: here.join() } }])
      }`
    const options = { ...own, scope: 'tenant' as const }
    const migration = await compiled(`0002_${name}.ts`, text, options)
    const running = { company: 'company_m', companies: ['company_m'] }
    await runAll(own.store, migration, running)
    await runAll(own.store, migration, { ...running, inDoubt: true })
    const { objects } = await client.collections.use(name).withTenant('company_m').query.fetchObjects()
    expect(objects.map(({ properties }) => properties.symbol)).toEqual(['company_m'])
    await expect(compiled(`0002_${name}.ts`, text, { ...options, direction: 'down' })).rejects.toMatchObject({
      code: 'DBS-1303',
    })
    await up({ up: [{ removeClass: name }] })
  })
})
