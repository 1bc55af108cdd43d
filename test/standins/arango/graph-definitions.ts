import { z } from 'zod'
import type { Arango } from './arango.ts'
import { documentType, edgeType } from './collection.ts'
import type { Database } from './database.ts'
import { fail } from './errors.ts'
import { connectedCollections, type EdgeDefinition, type Graph } from './graph.ts'

const names = z.array(z.string().min(1)).min(1)

export const definitionShape = z.object({ collection: z.string().min(1), from: names, to: names })

/** Throws 1920 when an edge collection is defined twice, 1921 when another graph defines it in another way. */
export function checkDefinitions(database: Database, definitions: readonly EdgeDefinition[], own?: Graph): void {
  const collections = definitions.map(({ collection }) => collection)
  if (new Set(collections).size < collections.length) fail(1920)
  const others = [...database.graphs.values()]
    .filter((graph) => graph !== own)
    .flatMap((graph) => graph.edgeDefinitions)
  for (const definition of definitions) {
    const other = others.find(({ collection }) => collection === definition.collection)
    if (other !== undefined && !sameEnds(other, definition)) fail(1921, `${definition.collection} is already used`)
    if (database.collections.get(definition.collection)?.isEdge === false)
      fail(1923, `${definition.collection} is no edge collection`)
  }
}

/** Makes the collections of a graph that are not there yet. */
export function ensureCollections(
  server: Arango,
  database: Database,
  { edgeDefinitions, orphanCollections }: Pick<Graph, 'edgeDefinitions' | 'orphanCollections'>,
): void {
  const make = (name: string, type: typeof documentType | typeof edgeType): void => {
    if (database.collections.has(name)) return
    const id = server.nextId()
    database.create({ name, id, type, isSystem: false, waitForSync: false, cacheEnabled: false, schema: null })
  }
  for (const { collection } of edgeDefinitions) make(collection, edgeType)
  for (const name of [...connectedCollections({ edgeDefinitions }), ...orphanCollections]) make(name, documentType)
}

function sameEnds(one: EdgeDefinition, other: EdgeDefinition): boolean {
  const ends = ({ from, to }: EdgeDefinition): string => JSON.stringify([[...from].sort(), [...to].sort()])
  return ends(one) === ends(other)
}
