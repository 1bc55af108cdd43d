import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import weaviate, { type WeaviateClient } from 'weaviate-client'
import { type EmbeddedWeaviate, startEmbeddedWeaviate } from '../../../src/embedded/weaviate/start.ts'
import { givenOrders } from '../../e2e/support/given.ts'
import { describeEngine, engineFinding } from '../../support/engines.ts'
import { startRouter, type TestRouter } from '../../support/router.ts'
import { attackStore } from './runner/stores.ts'
import type { Told } from './runner/transcript.ts'
import { techniques, type VectorAttempt, victimsObject } from './weaviate/requests.ts'

// Names that begin alike.
const [attacker, victim] = ['ab', 'ab_c']
const className = 'TradingPatterns'
const patterns = {
  up: [
    {
      createClass: {
        class: className,
        multiTenancyConfig: { enabled: true },
        vectorConfig: {
          default: { vectorizer: { none: {} }, vectorIndexType: 'hnsw', vectorIndexConfig: { distance: 'cosine' } },
        },
        properties: [{ name: 'name', dataType: ['text'] }],
      },
    },
  ],
}

describeEngine('weaviate', 'the corpus', () => {
  let directory: string
  let server: EmbeddedWeaviate
  let client: WeaviateClient
  let router: TestRouter

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dbsvc-weaviate-'))
    // A server of its own: every multi-tenant class of one gets tenants.
    server = await startEmbeddedWeaviate({ program: engineFinding('weaviate').program ?? '', directory })
    const { url, grpcUrl, apiKey } = server
    const given = await givenOrders({
      companies: [attacker, victim],
      migrations: { 'weaviate/shared/1_patterns.json': JSON.stringify(patterns) },
      config: { weaviate: { url, grpcUrl, apiKey } },
    })
    client = await weaviate.connectToCustom({
      httpHost: new URL(url).hostname,
      httpPort: Number(new URL(url).port),
      httpSecure: false,
      grpcHost: new URL(grpcUrl).hostname,
      grpcPort: Number(new URL(grpcUrl).port),
      grpcSecure: false,
      authCredentials: new weaviate.ApiKey(apiKey),
    })
    router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
    await seed()
    await ask({
      operation: 'insert',
      body: { class: className, objects: [{ properties: { name: 'own' }, vector: [1, 0, 0] }] },
    })
  }, 120_000)

  afterAll(async () => {
    await router?.stop()
    await client?.close()
    await server?.stop()
    await rm(directory, { recursive: true, force: true })
  })

  const victims = () => client.collections.use(className).withTenant(victim)
  const seed = async (): Promise<void> => {
    const all = await victims().query.fetchObjects({ limit: 100 })
    for (const { uuid } of all.objects) await victims().data.deleteById(uuid)
    await victims().data.insert({ id: victimsObject, properties: { name: 'canary' }, vectors: [0.5, 0.5, 0] })
  }

  const ask = async ({ operation, body }: VectorAttempt): Promise<Told> => {
    const answer = await router.post<object>(`/v1/vector/${operation}`, body, { 'x-dbsvc-company': attacker })
    return {
      verdict: answer.status === 200 ? 'ok' : String(answer.status),
      bytes: JSON.stringify(answer.body),
      rowCount: 1,
    }
  }

  /** What the request says of its tenant is believed. */
  const believed = async ({ operation, body }: VectorAttempt): Promise<unknown> => {
    const { vector, objects, object, ids } = body as Partial<{
      vector: number[]
      objects: { properties: Record<string, string>; vector: number[] }[]
      object: { id: string; properties: Record<string, string> }
      ids: string[]
    }>
    if (operation === 'similarity_search') return victims().query.nearVector(vector ?? [], { limit: 10 })
    if (operation === 'insert') {
      return victims().data.insert({ properties: objects?.[0]?.properties ?? {}, vectors: objects?.[0]?.vector ?? [] })
    }
    if (operation === 'update') {
      return victims().data.update({
        id: (object?.id ?? '').toLowerCase(),
        properties: (object?.properties ?? {}) as never,
      })
    }
    const wanted = (ids ?? []).map((id) => id.toLowerCase())
    const { successful } = await victims().data.deleteMany(victims().filter.byId().containsAny(wanted))
    return { deleted: successful }
  }

  attackStore<VectorAttempt>('weaviate', 'weaviate', techniques, () => ({
    send: (_technique, attempt) => ask(attempt),
    honest: () =>
      ask({ operation: 'similarity_search', body: { class: className, vector: [1, 0, 0], tenant_filter: attacker } }),
    async sendWithout(_technique, attempt) {
      const found = await believed(attempt)
      await seed()
      return { verdict: 'ok', bytes: JSON.stringify(found ?? null), rowCount: 1 }
    },
    async victim() {
      const { objects } = await victims().query.fetchObjects({ limit: 100 })
      return objects.map(({ uuid, properties }) => [uuid, properties])
    },
  }))
})
