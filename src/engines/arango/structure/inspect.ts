import type { Structure, StructureObject } from '../../../core/structure/object.ts'
import type { ArangoDatabase } from '../connection/database.ts'
import { canonicalJson, isObject, type Json, type JsonObject } from '../migration/json.ts'
import { readAnalyzers } from '../migration/objects/analyzer.ts'
import { readCollection } from '../migration/objects/collection.ts'
import { type FoundIndex, readIndexes } from '../migration/objects/collection-index.ts'
import { readGraphs } from '../migration/objects/graph.ts'
import { readViews } from '../migration/objects/view.ts'
import { registerCollection } from '../names.ts'
import { listCollections } from './collections.ts'

/**
 * The structure of one database, in the order of kinds and names; empty where there is no such database. A collection is a table,
 * its schema a constraint.
 */
export async function inspectDatabase(database: ArangoDatabase, company: string): Promise<Structure> {
  const collections = await listCollections(database)
  if (collections === null) return []
  const own = collections.map(({ name }) => name).filter((name) => name !== registerCollection)
  const ofCollections = await Promise.all(own.map((name) => inspectCollection(database, name)))
  const [graphs, analyzers, views] = await Promise.all([
    readGraphs(database),
    readAnalyzers(database),
    readViews(database),
  ])
  const objects = [
    ...ofCollections.flat(),
    ...graphs.map(({ name, definition }) => objectOf('other', '', `graph ${name}`, definition)),
    ...analyzers.map(({ name, definition }) => objectOf('other', '', `analyzer ${name}`, definition)),
    ...views.map((view) => objectOf('view', '', String(view.name), view)),
  ]
  return objects
    .map(({ definition, ...object }) => ({ ...object, definition: nameless(definition, company) }))
    .sort(byKindAndName)
}

interface Found extends Omit<StructureObject, 'definition'> {
  readonly definition: JsonObject
}

async function inspectCollection(database: ArangoDatabase, name: string): Promise<Found[]> {
  const [found, indexes] = await Promise.all([readCollection(database, name), readIndexes(database, name)])
  // Dropped since the list was read.
  if (found === null) return []
  const { type, schema, name: _, ...options } = found.definition
  return [
    objectOf('table', '', name, { type: type ?? null }),
    ...(isObject(schema ?? null) ? [objectOf('constraint', name, 'schema', schema as JsonObject)] : []),
    objectOf('option', name, 'properties', options),
    ...(indexes ?? []).map((index) => objectOf('index', name, index.name, definitionOf(index))),
  ]
}

/** Without what differs between two databases with the same index: its number and what the server counts. */
function definitionOf({ id: _, name: __, ...index }: FoundIndex): JsonObject {
  const { selectivityEstimate: ___, isNewlyCreated: ____, figures: _____, ...definition } = index as JsonObject
  return definition
}

const objectOf = (kind: StructureObject['kind'], on: string, name: string, definition: JsonObject): Found => ({
  kind,
  on,
  name,
  definition,
})

/** Only the values of an `enum`: a company may be called `string` or `object`. */
function nameless(definition: JsonObject, company: string): string {
  const within = (value: Json | undefined): Json => {
    if (Array.isArray(value)) return value.map(within)
    if (!isObject(value)) return value ?? null
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        name === 'enum' && Array.isArray(member)
          ? member.map((one: Json) => (one === company ? '{company}' : one))
          : within(member),
      ]),
    )
  }
  return canonicalJson(company === '' ? definition : within(definition))
}

function byKindAndName(a: StructureObject, b: StructureObject): number {
  const key = ({ kind, on, name }: StructureObject): string => `${kind}\u0000${on}\u0000${name}`
  return key(a) < key(b) ? -1 : 1
}
