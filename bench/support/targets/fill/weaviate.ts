import type { WeaviateClient } from 'weaviate-client'
import { symbols } from '../sizes.ts'
import { clustersOf, vectorOf } from '../vectors.ts'

const objectsAtOnce = 1_000

export async function fillWeaviate(client: WeaviateClient, company: string, vectors: number): Promise<void> {
  const tenant = client.collections.use('TradingPatterns').withTenant(company)
  const clusters = clustersOf(vectors)
  for (let start = 0; start < vectors; start += objectsAtOnce) {
    const objects = Array.from({ length: Math.min(objectsAtOnce, vectors - start) }, (_, at) => ({
      properties: { pattern_id: `p${start + at}`, symbol: symbols[at % symbols.length] ?? '', timeframe: 'M5' },
      vectors: vectorOf(start + at, clusters),
    }))
    const { hasErrors, errors } = await tenant.data.insertMany(objects)
    if (hasErrors) throw new Error(Object.values(errors)[0]?.message)
  }
  const there = await tenant.length()
  if (there !== vectors) throw new Error(`${there} objects are in TradingPatterns instead of ${vectors}`)
}
