import { afterAll, beforeAll } from 'vitest'
import type { WeaviateClient } from 'weaviate-client'
import { startVectorRouter, type VectorRouter } from '../../e2e/support/vector-router.ts'
import { describeEngine } from '../../support/engines.ts'
import type { TestRouter } from '../../support/router.ts'
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
  let vectors: VectorRouter
  let client: WeaviateClient
  let router: TestRouter

  beforeAll(async () => {
    vectors = await startVectorRouter([attacker, victim], patterns)
    ;({ client, router } = vectors)
    await seed()
    await ask({
      operation: 'insert',
      body: { class: className, objects: [{ properties: { name: 'own' }, vector: [1, 0, 0] }] },
    })
  }, 120_000)

  afterAll(async () => {
    await vectors?.stop()
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
