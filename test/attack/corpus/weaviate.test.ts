import { afterAll, beforeAll } from 'vitest'
import type { WeaviateClient } from 'weaviate-client'
import { startVectorRouter, type VectorRouter } from '../../e2e/support/vector-router.ts'
import { describeEngine } from '../../support/engines.ts'
import type { TestRouter } from '../../support/router.ts'
import { alteredRouters } from './runner/altered-routers.ts'
import { attackStore, type StoreDoors, tryOnStore } from './runner/stores.ts'
import type { Told } from './runner/transcript.ts'
import {
  className,
  everyonesClass,
  everyonesObject,
  offeredNothing,
  techniques,
  type VectorAttempt,
  victimsObject,
} from './weaviate/requests.ts'

// Names that begin alike.
const [attacker, victim] = ['ab', 'ab_c']
const vectorConfig = {
  default: { vectorizer: { none: {} }, vectorIndexType: 'hnsw', vectorIndexConfig: { distance: 'cosine' } },
}
const name = { name: 'name', dataType: ['text'] }
const patterns = {
  up: [
    { createClass: { class: className, multiTenancyConfig: { enabled: true }, vectorConfig, properties: [name] } },
    { addProperty: { class: className, property: { name: 'ofPattern', dataType: [className] } } },
    {
      createClass: {
        class: everyonesClass,
        vectorConfig,
        properties: [name, { name: 'company_id', dataType: ['text'] }],
      },
    },
  ],
}

const ownObject = { class: className, objects: [{ properties: { name: 'own' }, vector: [1, 0, 0] }] }

describeEngine('weaviate', 'the corpus', () => {
  let vectors: VectorRouter
  let client: WeaviateClient
  let altered: ReturnType<typeof alteredRouters>

  beforeAll(async () => {
    vectors = await startVectorRouter([attacker, victim], patterns)
    client = vectors.client
    altered = alteredRouters((alterations) => vectors.altered(alterations))
    await seed()
    await ask(vectors.router, { operation: 'insert', body: ownObject })
  }, 120_000)

  afterAll(async () => {
    await vectors?.stop()
  })

  const victims = () => client.collections.use(className).withTenant(victim)
  const everyones = () => client.collections.use(everyonesClass)
  const records = () => client.collections.use('DbsvcRecord')
  const objectsOf = async (of: Pick<ReturnType<typeof victims>, 'query'>) => {
    const { objects } = await of.query.fetchObjects({ limit: 100, includeVector: true })
    return objects.map(({ uuid, properties, vectors }) => [uuid, properties, vectors]).toSorted()
  }
  const state = async () => [
    await objectsOf(victims()),
    await objectsOf(everyones()),
    (await records().query.fetchObjects({ limit: 100 })).objects.map(({ uuid }) => uuid).toSorted(),
    (await client.collections.listAll())
      .map((each) => [each.name, ...each.properties.map((property) => property.name).toSorted()].join())
      .toSorted(),
  ]

  const seed = async (): Promise<void> => {
    for (const [of, id] of [
      [victims(), victimsObject],
      [everyones(), everyonesObject],
    ] as const) {
      for (const { uuid } of (await of.query.fetchObjects({ limit: 100 })).objects) await of.data.deleteById(uuid)
      await of.data.insert({ id, properties: { name: 'canary' }, vectors: [0.5, 0.5, 0] })
    }
    const planted = records().filter.byProperty('kind').equal('suspended')
    await records().data.deleteMany(planted)
  }

  const ask = async (router: TestRouter, { operation, body }: VectorAttempt, company = attacker): Promise<Told> => {
    const path = operation.startsWith('/') ? operation : `/v1/vector/${operation}`
    const answer = await router.post<object>(path, body, { 'x-dbsvc-company': company })
    return {
      verdict: answer.status === 200 ? 'ok' : String(answer.status),
      bytes: JSON.stringify(answer.body),
      rowCount: 1,
    }
  }
  const ordinary: VectorAttempt = { operation: 'similarity_search', body: { class: className, vector: [1, 0, 0] } }

  const doors = (): StoreDoors<VectorAttempt> => ({
    send: (_technique, attempt) => ask(vectors.router, attempt),
    honest: () => ask(vectors.router, { ...ordinary, body: { ...ordinary.body, tenant_filter: attacker } }),
    async sendWithout({ alterations = [] }, attempt) {
      const router = await altered(alterations)
      // The victim is at work there too.
      await ask(router, ordinary, victim)
      const before = JSON.stringify(await state())
      try {
        const told = await ask(router, attempt)
        const changed = JSON.stringify(await state()) === before ? '' : ' the victim has changed'
        return { ...told, bytes: told.bytes + changed }
      } finally {
        await seed()
      }
    },
    victim: state,
  })

  attackStore('weaviate', 'weaviate', techniques, doors)
  tryOnStore(offeredNothing, doors)
})
