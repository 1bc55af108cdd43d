import { z } from 'zod'
import { inParallel } from '../../in-parallel.ts'
import type { StoreFacts } from '../../store.ts'
import type { ArangoDatabase } from '../connection/database.ts'
import type { ArangoServer } from '../connection/server.ts'
import { apiPath, databaseOf } from '../names.ts'
import { listCollections } from '../structure/collections.ts'

const figures = z.object({
  count: z.number(),
  figures: z.looseObject({
    documentsSize: z.number().optional(),
    indexes: z.looseObject({ size: z.number().optional() }).optional(),
  }),
})

/**
 * Size and count are RocksDB's estimates. ArangoDB has no connections that belong to a company, and keeps no time of a database's
 * last use.
 */
export async function readFacts(server: ArangoServer, company: string): Promise<StoreFacts> {
  const name = databaseOf(company)
  const database = server.database(name)
  const collections = await listCollections(database)
  const found = await inParallel(collections ?? [], 4, (collection) => measure(database, collection.name))
  const sum = (of: (one: { bytes: number; documents: number }) => number): number | null =>
    collections === null ? null : found.reduce((total, one) => total + of(one), 0)
  return {
    place: `database ${name}`,
    sizeBytes: sum(({ bytes }) => bytes),
    items: sum(({ documents }) => documents),
    itemKind: 'documents',
    connections: null,
    lastActivityAt: null,
  }
}

async function measure(database: ArangoDatabase, collection: string): Promise<{ bytes: number; documents: number }> {
  const found = await database.find({ path: apiPath`/_api/collection/${collection}/figures` }, figures)
  // Dropped since the list was read.
  if (found === null) return { bytes: 0, documents: 0 }
  const { documentsSize = 0, indexes } = found.figures
  return { bytes: documentsSize + (indexes?.size ?? 0), documents: found.count }
}
