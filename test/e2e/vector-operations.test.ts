import { Code, ConnectError } from '@connectrpc/connect'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WeaviateClient } from 'weaviate-client'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { ErrorDetailSchema } from '../../src/server/contract/dbsvc/v1/error_pb.js'
import { VectorService } from '../../src/server/contract/dbsvc/v1/vector_pb.js'
import { describeEngine } from '../support/engines.ts'
import type { TestRouter } from '../support/router.ts'
import { expectExit } from './support/given.ts'
import { grpcClient } from './support/rpc-clients.ts'
import { startVectorRouter, type VectorRouter } from './support/vector-router.ts'

// Names that begin alike.
const company = 'ab'
const victim = 'ab_c'
const limited = 'limited'

const className = 'TradingPatterns'

const patterns = {
  up: [
    {
      createClass: {
        class: className,
        multiTenancyConfig: { enabled: true },
        vectorConfig: {
          default: {
            vectorizer: { none: {} },
            vectorIndexType: 'hnsw',
            vectorIndexConfig: { distance: 'cosine' },
          },
        },
        properties: [
          { name: 'name', dataType: ['text'] },
          { name: 'seen', dataType: ['int'] },
        ],
      },
    },
  ],
}

describeEngine('weaviate', 'vectors of a company', () => {
  let vectors: VectorRouter
  let client: WeaviateClient
  let router: TestRouter

  beforeAll(async () => {
    vectors = await startVectorRouter([company, victim, limited], patterns)
    ;({ client, router } = vectors)
  }, 120_000)

  afterAll(async () => {
    await vectors?.stop()
  })

  const ask = <Body = Record<string, unknown>>(operation: string, body: object, asked = company) =>
    router.post<Body>(`/v1/vector/${operation}`, { class: className, ...body }, { 'x-dbsvc-company': asked })
  const tenant = (name: string) => client.collections.use(className).withTenant(name)

  test('inserts objects into the tenant of the company, once however often they are sent', async () => {
    const objects = [
      { properties: { name: 'flag', seen: 1 }, vector: [1, 0, 0] },
      { id: '7B3A4C52-0d1e-4a6f-8b9c-1d2e3f4a5b61', properties: { name: 'wedge', seen: 2 }, vector: [0.9, 0.1, 0] },
      { properties: { name: 'none' }, vector: [0, 0, 1] },
    ]
    const first = await ask<{ ids: string[] }>('insert', { objects, tenant_filter: company })
    expect(first.status).toBe(200)
    expect((await ask('insert', { objects })).body).toEqual(first.body)
    expect(first.body.ids[1]).toBe('7b3a4c52-0d1e-4a6f-8b9c-1d2e3f4a5b61')
    expect(await tenant(company).length()).toBe(3)
    expect(await tenant(victim).length()).toBe(0)
    // The other company's object is another one, though it looks the same.
    const other = await ask<{ ids: string[] }>('insert', { objects: [objects[0]] }, victim)
    expect(other.body.ids[0]).not.toBe(first.body.ids[0])
  })

  test('finds the similar ones, as the specification asks', async () => {
    const { status, body } = await ask('similarity_search', {
      operation: 'similarity_search',
      vector: [1, 0, 0],
      tenant_filter: company,
      limit: 10,
      certainty: 0.8,
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      objects: [{ properties: { name: 'flag', seen: 1 } }, { properties: { name: 'wedge', seen: 2 } }],
    })
    const found = await ask<{ objects: { certainty: number; distance: number; vector: number[] }[] }>(
      'similarity_search',
      { vector: [1, 0, 0], limit: 1, properties: ['name'], include_vector: true },
    )
    expect(found.body.objects).toEqual([
      { id: expect.any(String), properties: { name: 'flag' }, certainty: 1, distance: 0, vector: [1, 0, 0] },
    ])
  })

  test('changes what is given of an object, and deletes by id', async () => {
    const id = '7b3a4c52-0d1e-4a6f-8b9c-1d2e3f4a5b61'
    expect(await ask('update', { object: { id, properties: { seen: 5 } } })).toMatchObject({ status: 200 })
    expect((await tenant(company).query.fetchObjectById(id))?.properties).toEqual({ name: 'wedge', seen: 5 })
    expect((await ask('delete', { ids: [id, '00000000-0000-4000-8000-000000000000'] })).body).toEqual({ deleted: 1 })
    expect(await tenant(company).length()).toBe(2)
  })

  test('reaches no tenant but its own', async () => {
    await tenant(victim).data.insert({
      id: '11111111-1111-4111-8111-111111111111',
      properties: { name: 'canary' },
      vectors: [0.5, 0.5, 0],
    })
    const id = '11111111-1111-4111-8111-111111111111'
    const vector = [0.5, 0.5, 0]
    const attempts: [string, object, number][] = [
      ['similarity_search', { vector, tenant_filter: victim }, 403],
      ['similarity_search', { vector, tenant_filter: '' }, 403],
      ['similarity_search', { vector, tenant: victim }, 400],
      ['similarity_search', { vector, limit: 1_000 }, 200],
      ['similarity_search', { vector, class: `${className}/x` }, 400],
      ['similarity_search', { vector, class: `${className}?tenant=${victim}` }, 400],
      ['similarity_search', { vector, properties: [`name } } Get { ${className}(tenant: "${victim}") { name`] }, 400],
      ['insert', { objects: [{ id, properties: { name: 'mine' }, tenant: victim }] }, 400],
      ['insert', { objects: [{ properties: { name: 'mine' } }], tenant_filter: victim }, 403],
      ['delete', { ids: [id], tenant_filter: victim }, 403],
      ['delete', { ids: [id] }, 200],
      ['update', { object: { id, properties: { name: 'mine' } }, tenant_filter: victim }, 403],
      ['update', { object: { id, properties: { name: 'mine' } } }, 400],
    ]
    for (const [operation, body, status] of attempts) {
      const answer = await ask(operation, body)
      expect(answer.status, `${operation} ${JSON.stringify(body)} ${JSON.stringify(answer.body)}`).toBe(status)
      expect(JSON.stringify(answer.body)).not.toContain('canary')
    }
    expect((await tenant(victim).query.fetchObjectById(id))?.properties).toMatchObject({ name: 'canary' })
    // The same id in both tenants is two objects.
    expect((await ask('insert', { objects: [{ id, properties: { name: 'mine' }, vector }] })).status).toBe(200)
    expect((await tenant(victim).query.fetchObjectById(id))?.properties).toMatchObject({ name: 'canary' })
  })

  test('lets no company change the schema that all share', async () => {
    // Weaviate lists them in any order.
    const classes = async () =>
      (await client.collections.listAll()).toSorted((one, other) => one.name.localeCompare(other.name))
    const before = await classes()
    const refused = [
      await ask('insert', { objects: [{ properties: { invented: 1 } }] }),
      await ask('insert', { class: 'Invented', objects: [{ properties: { name: 'x' } }] }),
      await ask('update', {
        object: { id: '11111111-1111-4111-8111-111111111111', properties: { invented: 1 } },
      }),
      await ask('similarity_search', { class: 'Invented', vector: [1] }),
    ]
    for (const answer of refused) {
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'DBS-2404' } } })
    }
    expect(await classes()).toEqual(before)
  })

  test('refuses vectors that do not fit, and requests that are none', async () => {
    const bad: object[] = [
      { vector: [1, 0] },
      { vector: [] },
      { vector: ['1'] },
      { vector: [1, 0, 0], limit: 0 },
      { vector: [1, 0, 0], certainty: 2 },
      { vector: [1, 0, 0], properties: ['invented'] },
    ]
    for (const body of bad) expect((await ask('similarity_search', body)).status, JSON.stringify(body)).toBe(400)
  })

  test('inserts no more objects than the company may have', async () => {
    const limit = async (objects: string) =>
      expectExit(await vectors.dbsvc(['tenant', 'set', limited, '--limit', `vectorObjects=${objects}`]), ExitCode.Ok)
    const insert = (...names: readonly string[]) =>
      ask<{ ids: string[] }>(
        'insert',
        { objects: names.map((name) => ({ properties: { name }, vector: [1, 0, 0] })) },
        limited,
      )
    await limit('3')
    const first = await insert('one', 'two')
    expect(first.status).toBe(200)
    expect(await insert('three', 'four')).toMatchObject({
      status: 429,
      body: { error: { code: 'DBS-2406', details: { company: limited, budget: 3 } } },
    })
    expect(await tenant(limited).length()).toBe(2)
    expect((await insert('three')).status).toBe(200)
    const grpc = grpcClient(VectorService, router.url)
    const headers = { authorization: `Bearer ${router.key}`, 'x-dbsvc-company': limited }
    const object = { propertiesJson: '{"name": "four"}', vector: [1, 0, 0] }
    const refused = await grpc
      .insertObjects({ class: className, objects: [object] }, { headers })
      .then(() => null, ConnectError.from)
    expect([refused?.code, refused?.findDetails(ErrorDetailSchema)[0]?.code]).toEqual([
      Code.ResourceExhausted,
      'DBS-2406',
    ])
    expect(await tenant(limited).length()).toBe(3)
    // Others have limits of their own, and what is deleted makes room.
    expect((await ask('insert', { objects: [{ properties: { name: 'five' }, vector: [1, 0, 0] }] })).status).toBe(200)
    expect((await ask('delete', { ids: [first.body.ids[0]] }, limited)).body).toEqual({ deleted: 1 })
    expect((await insert('four')).status).toBe(200)
    await limit('4')
    expect((await insert('five')).status).toBe(200)
    expect(await tenant(limited).length()).toBe(4)
  })

  test('does the same over gRPC', async () => {
    const vectors = grpcClient(VectorService, router.url)
    const headers = { authorization: `Bearer ${router.key}`, 'x-dbsvc-company': company }
    const object = { propertiesJson: '{"name": "pennant"}', vector: [0, 1, 0] }
    const { ids } = await vectors.insertObjects({ class: className, objects: [object] }, { headers })
    const [id = ''] = ids
    expect((await tenant(company).query.fetchObjectById(id))?.properties).toMatchObject({ name: 'pennant' })
    const found = await vectors.similaritySearch({ class: className, vector: [0, 1, 0], limit: 1 }, { headers })
    expect(found.objects).toMatchObject([{ id, certainty: 1 }])
    expect(JSON.parse(found.objects[0]?.propertiesJson ?? '')).toMatchObject({ name: 'pennant' })
    await vectors.updateObject({ class: className, object: { id, propertiesJson: '{"seen": 7}' } }, { headers })
    expect((await tenant(company).query.fetchObjectById(id))?.properties).toMatchObject({ name: 'pennant', seen: 7 })
    const foreign = vectors.similaritySearch({ class: className, vector: [0, 1, 0], tenantFilter: victim }, { headers })
    await expect(foreign).rejects.toMatchObject({ code: Code.PermissionDenied })
    expect(await vectors.deleteObjects({ class: className, ids: [id] }, { headers })).toMatchObject({ deleted: 1n })
    expect(await tenant(company).query.fetchObjectById(id)).toBeNull()
  })
})
