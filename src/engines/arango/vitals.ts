import { z } from 'zod'
import { inParallel } from '../in-parallel.ts'
import type { EngineVitals } from '../vitals.ts'
import { concurrency } from './concurrency.ts'
import type { ArangoServer } from './connection/server.ts'
import { companyOf, sharedDatabase } from './names.ts'
import { listCollections } from './structure/collections.ts'

const databases = z.object({ result: z.array(z.string()) })

// Each is a request; that many are answered in a second or two.
const mostDatabases = 1_000

/** Collections of all companies and of the shared scope; null where that would be too many requests. */
export async function readVitals(server: ArangoServer): Promise<EngineVitals> {
  const { result } = await server.system.send({ path: '/_api/database' }, databases)
  const own = result.filter((name) => name === sharedDatabase || companyOf(name) !== null)
  if (own.length > mostDatabases) return { collections_count: null }
  const counts = await inParallel(own, concurrency, async (name) => {
    const collections = await listCollections(server.database(name))
    return collections?.length ?? 0
  })
  return { collections_count: counts.reduce((sum, count) => sum + count, 0) }
}
