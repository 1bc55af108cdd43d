import { z } from 'zod'
import { type ArangoDatabase, anyAnswer } from '../../connection/database.ts'
import { refusedBecause } from '../../connection/failure.ts'
import { apiPath } from '../../names.ts'
import { listCollections } from '../../structure/collections.ts'
import type { JsonObject } from '../json.ts'
import { objectName } from './names.ts'
import type { ObjectType } from './object-type.ts'

const ends = z.array(objectName).min(1)

export const graphShape = z.strictObject({
  name: objectName,
  edgeDefinitions: z.array(z.strictObject({ collection: objectName, from: ends, to: ends })).min(1),
  orphanCollections: z.array(objectName).default([]),
})

export type Graph = z.output<typeof graphShape>

const described = z.looseObject({
  _key: z.string().optional(),
  name: z.string().optional(),
  edgeDefinitions: z.array(z.object({ collection: z.string(), from: z.array(z.string()), to: z.array(z.string()) })),
  orphanCollections: z.array(z.string()).default([]),
})

export const graphType: ObjectType<Graph> = {
  describe: ({ name }) => `graph ${name}`,
  async create(database, asked) {
    await requireCollections(database, asked)
    await database.send({ method: 'POST', path: '/_api/gharial', body: asked }, anyAnswer)
  },
  async find(database, { name }) {
    const found = await database.find({ path: apiPath`/_api/gharial/${name}` }, z.object({ graph: described }))
    return found === null ? null : comparableGraph({ ...found.graph, name })
  },
  comparable: comparableGraph,
}

/** Neither the definitions nor the collections in them have an order. */
function comparableGraph({ name, edgeDefinitions, orphanCollections }: Graph): JsonObject {
  const definitions = edgeDefinitions.map(({ collection, from, to }) => ({
    collection,
    from: from.toSorted(),
    to: to.toSorted(),
  }))
  return {
    name,
    edgeDefinitions: Object.fromEntries(definitions.map(({ collection, ...rest }) => [collection, rest])),
    orphanCollections: orphanCollections.toSorted(),
  }
}

/** The server would make those that are missing, without a schema. */
async function requireCollections(database: ArangoDatabase, graph: Graph): Promise<void> {
  const present = new Map(((await listCollections(database)) ?? []).map(({ name, type }) => [name, type]))
  const missing = collectionsOf(graph).filter((name) => !present.has(name))
  const reason =
    missing.length > 0
      ? `there is no collection ${missing.join(', ')}`
      : graph.edgeDefinitions
          .filter(({ collection }) => present.get(collection) !== 'edge')
          .map(({ collection }) => `${collection} is no edge collection`)
          .join('; ')
  if (reason !== '') throw refusedBecause(database.place, `graph ${graph.name} cannot be made: ${reason}`)
}

export function collectionsOf({
  edgeDefinitions,
  orphanCollections,
}: Pick<Graph, 'edgeDefinitions' | 'orphanCollections'>): string[] {
  const connected = edgeDefinitions.flatMap(({ collection, from, to }) => [collection, ...from, ...to])
  return [...new Set([...connected, ...orphanCollections])].sort()
}

export interface FoundGraph extends Pick<Graph, 'edgeDefinitions' | 'orphanCollections'> {
  readonly name: string
  readonly definition: JsonObject
}

export async function readGraphs(database: ArangoDatabase): Promise<FoundGraph[]> {
  const { graphs } = await database.send({ path: '/_api/gharial' }, z.object({ graphs: z.array(described) }))
  return graphs.map(({ _key, name = _key ?? '', edgeDefinitions, orphanCollections }) => {
    const graph = { name, edgeDefinitions, orphanCollections }
    return { ...graph, definition: comparableGraph(graph) }
  })
}

/** Its collections stay. False where there is none. */
export async function dropGraph(database: ArangoDatabase, name: string): Promise<boolean> {
  const request = { method: 'DELETE', path: apiPath`/_api/gharial/${name}`, query: { dropCollections: false } } as const
  return (await database.find(request, anyAnswer)) !== null
}
