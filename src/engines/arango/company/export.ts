import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import type { ArangoDatabase } from '../connection/database.ts'
import type { ArangoServer } from '../connection/server.ts'
import { readAnalyzers } from '../migration/objects/analyzer.ts'
import { readCollection } from '../migration/objects/collection.ts'
import { readIndexes } from '../migration/objects/collection-index.ts'
import { readGraphs } from '../migration/objects/graph.ts'
import { readViews } from '../migration/objects/view.ts'
import { databaseOf, sharedDatabase } from '../names.ts'
import { queryBatches } from '../query.ts'
import { listCollections } from '../structure/collections.ts'
import { countSharedDocuments } from './shared-documents.ts'

export interface ExportedFile {
  readonly file: string
  readonly bytes: number
}

/**
 * Writes a company's database: `<collection>.ndjson` with a document a line, `shared.<collection>.ndjson` with its documents in
 * shared collections, and `structure.json` with what the collections, graphs, views and analyzers are. A collection is read as it
 * is while it is read; what is written meanwhile may be missing. @throws DBS-1304 a file that cannot be written
 */
export async function exportCompany(server: ArangoServer, company: string, directory: string): Promise<ExportedFile[]> {
  const database = server.database(databaseOf(company))
  const listed = await listCollections(database)
  const collections = (listed ?? []).map(({ name }) => name)
  const files: ExportedFile[] = []
  const all = 'FOR d IN @@collection RETURN d'
  for (const name of collections) {
    files.push(await writeRows(database, all, { '@collection': name }, directory, `${fileNameOf(name)}.ndjson`))
  }
  const shared = server.database(sharedDatabase)
  const own = 'FOR d IN @@collection FILTER d.company_id == @company RETURN d'
  for (const name of (await countSharedDocuments(shared, company)).keys()) {
    const variables = { '@collection': name, company }
    files.push(await writeRows(shared, own, variables, directory, `shared.${fileNameOf(name)}.ndjson`))
  }
  if (listed !== null) files.push(await writeStructure(database, collections, directory))
  return files
}

/** A name on a server with extended names may have any letter. */
const fileNameOf = (collection: string): string => encodeURIComponent(collection).replaceAll('.', '%2E')

async function writeRows(
  database: ArangoDatabase,
  query: string,
  variables: Readonly<Record<string, string>>,
  directory: string,
  file: string,
): Promise<ExportedFile> {
  const path = join(directory, file)
  const handle = await open(path, 'w').catch((error: unknown) => fail(path, error))
  let bytes = 0
  try {
    for await (const rows of queryBatches(database, query, z.looseObject({}), variables)) {
      const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
      await handle.appendFile(text).catch((error: unknown) => fail(path, error))
      bytes += Buffer.byteLength(text)
    }
    // The company is dropped after its export: it must be on the disk by then.
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { file, bytes }
}

async function writeStructure(
  database: ArangoDatabase,
  collections: readonly string[],
  directory: string,
): Promise<ExportedFile> {
  const described = await Promise.all(
    collections.map(async (name) => ({
      ...(await readCollection(database, name))?.raw,
      indexes: await readIndexes(database, name),
    })),
  )
  const structure = {
    database: database.name,
    collections: described,
    graphs: (await readGraphs(database)).map(({ definition }) => definition),
    views: await readViews(database),
    analyzers: (await readAnalyzers(database)).map(({ definition }) => definition),
  }
  const file = 'structure.json'
  const text = `${JSON.stringify(structure, null, 2)}\n`
  const path = join(directory, file)
  await writeFile(path, text, { flush: true }).catch((error: unknown) => fail(path, error))
  return { file, bytes: Buffer.byteLength(text) }
}

function fail(path: string, error: unknown): never {
  throw DbsvcError.of('DBS-1304', { file: path, reason: reasonOf(error) }, error)
}
