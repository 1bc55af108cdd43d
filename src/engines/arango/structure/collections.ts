import { z } from 'zod'
import type { ArangoDatabase } from '../connection/database.ts'

const edgeType = 3
const answer = z.object({ result: z.array(z.object({ name: z.string(), type: z.number() })) })

export interface CollectionName {
  readonly name: string
  readonly type: 'document' | 'edge'
}

/** All collections that are not the server's own, by name; null where there is no such database. */
export async function listCollections(database: ArangoDatabase): Promise<CollectionName[] | null> {
  const listed = await database.find({ path: '/_api/collection', query: { excludeSystem: true } }, answer)
  if (listed === null) return null
  return listed.result
    .map(({ name, type }): CollectionName => ({ name, type: type === edgeType ? 'edge' : 'document' }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
