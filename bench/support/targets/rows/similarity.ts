import type { Ask } from '../ask.ts'
import { counted, dimensions, type Sizes } from '../sizes.ts'
import type { Skipped, Target } from '../target.ts'
import { clustersOf, vectorOf } from '../vectors.ts'
import type { TargetsWorld } from '../world.ts'

interface Found {
  readonly id: string
  readonly properties: { readonly pattern_id: string }
}

const className = 'TradingPatterns'
const [limit, certainty] = [10, 0.8]

/** The specification's find_similar_patterns. */
export function similarityTarget(
  { clients: { weaviate }, companies }: TargetsWorld,
  ask: Ask,
  { vectors }: Sizes,
): Target | Skipped {
  const [company = ''] = companies
  const common = { name: 'c_similar', wanted: 'category C, ten similar patterns', atMostMs: 50 }
  if (weaviate === null) return { ...common, remedy: 'scripts/engines weaviate' }
  const tenant = weaviate.collections.use(className).withTenant(company)
  // Near what is there, and none of it.
  const vectorAt = (turn: number): number[] => vectorOf(vectors + turn, clustersOf(vectors))
  const shown = ({ id, properties: { pattern_id: pattern } }: Found) => [id, pattern]
  return {
    ...common,
    engine: 'weaviate',
    isStandIn: false,
    data: `${counted(vectors)} vectors of ${dimensions} dimensions`,
    floor: 'weaviate-client, nearVector',
    ask: {
      async dbsvc(turn) {
        const { objects } = await ask<{ objects: readonly Found[] }>(company, '/v1/vector/similarity_search', {
          class: className,
          vector: vectorAt(turn),
          tenant_filter: company,
          limit,
          certainty,
        })
        return objects.map(shown)
      },
      async direct(turn) {
        const { objects } = await tenant.query.nearVector(vectorAt(turn), {
          limit,
          certainty,
          returnMetadata: ['certainty', 'distance'],
        })
        return objects.map(({ uuid, properties }) => [uuid, properties.pattern_id])
      },
    },
  }
}
