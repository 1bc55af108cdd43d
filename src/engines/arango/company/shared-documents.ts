import { z } from 'zod'
import type { ArangoDatabase } from '../connection/database.ts'
import { registerCollection } from '../names.ts'
import { queryAll } from '../query.ts'
import { listCollections } from '../structure/collections.ts'

/** How many documents of a company each shared collection holds; those with none are left out. */
export async function countSharedDocuments(
  shared: ArangoDatabase,
  company: string,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const collection of await sharedCollections(shared)) {
    const query = 'FOR d IN @@collection FILTER d.company_id == @company COLLECT WITH COUNT INTO count RETURN count'
    const [count = 0] = await queryAll(shared, query, z.number(), { '@collection': collection, company })
    if (count > 0) counts.set(collection, count)
  }
  return counts
}

/** Removes a company's documents from every shared collection. */
export async function removeSharedDocuments(shared: ArangoDatabase, company: string): Promise<void> {
  for (const collection of await sharedCollections(shared)) {
    const query = 'FOR d IN @@collection FILTER d.company_id == @company REMOVE d IN @@collection'
    await queryAll(shared, query, z.unknown(), { '@collection': collection, company })
  }
}

/** Without dbsvc's own; none where there is no shared database yet. */
async function sharedCollections(shared: ArangoDatabase): Promise<string[]> {
  const collections = (await listCollections(shared)) ?? []
  return collections.map(({ name }) => name).filter((name) => name !== registerCollection)
}
