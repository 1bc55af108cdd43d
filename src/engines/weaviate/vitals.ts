import { z } from 'zod'
import type { EngineVitals } from '../vitals.ts'
import type { Connection } from './connection.ts'

const nodesAnswer = z.array(
  z.looseObject({
    shards: z
      .array(z.looseObject({ class: z.string(), name: z.string(), objectCount: z.number().default(0) }))
      .nullish(),
  }),
)

/**
 * Objects as the nodes count them, which lags behind by what is still in memory; tenants that are not loaded are not counted. The
 * dimensions of each class that has a vector, by its name.
 */
export async function readVitals(connection: Connection): Promise<EngineVitals> {
  const nodes = nodesAnswer.parse(await connection.client.cluster.nodes({ output: 'verbose' }))
  const shards = nodes.flatMap(({ shards: own }) => own ?? [])
  const filled = new Map(shards.filter(({ objectCount }) => objectCount > 0).map((shard) => [shard.class, shard.name]))
  const dimensions: Record<string, number> = {}
  for (const [className, shard] of filled) {
    const found = await dimensionsIn(connection, className, shard)
    if (found !== null) dimensions[className] = found
  }
  return {
    objects_count: shards.reduce((sum, { objectCount }) => sum + objectCount, 0),
    vector_dimensions: filled.size === 0 ? null : dimensions,
  }
}

/** Those of any object: they are alike in one class. A shard has its tenant's name where the class has tenants. */
async function dimensionsIn({ rest, client }: Connection, className: string, shard: string): Promise<number | null> {
  const { multiTenancy } = await client.collections.use(className).config.get()
  const getter = rest.data.getter().withClassName(className).withLimit(1).withVector()
  if (multiTenancy.enabled) getter.withTenant(shard)
  const { objects = [] } = await getter.do()
  return objects[0]?.vector?.length ?? null
}
