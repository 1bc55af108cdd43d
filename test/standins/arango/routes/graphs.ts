import { z } from 'zod'
import type { Database } from '../database.ts'
import { fail, notImplemented } from '../errors.ts'
import { connectedCollections, type Graph, vertexCollections } from '../graph.ts'
import { checkDefinitions, definitionShape, ensureCollections } from '../graph-definitions.ts'
import type { JsonObject } from '../json.ts'
import { type Call, ok, type Route, route } from '../router.ts'

const shape = z.object({
  name: z.string().min(1),
  edgeDefinitions: z.array(definitionShape).default([]),
  orphanCollections: z.array(z.string().min(1)).default([]),
  isSmart: z.boolean().optional(),
  options: z.looseObject({}).optional(),
})

export const graphs: readonly Route[] = [
  route('GET', '/_api/gharial', 'read', ({ database }) => ok({ graphs: [...database.graphs.values()].map(describe) })),
  route('POST', '/_api/gharial', 'write', create),
  route('GET', '/_api/gharial/:graph', 'read', ({ database, param }) =>
    ok({ graph: describe(database.graph(param('graph'))) }),
  ),
  route('DELETE', '/_api/gharial/:graph', 'write', ({ database, param, flag }) => {
    const graph = database.graph(param('graph'))
    database.graphs.delete(graph.name)
    if (flag('dropCollections', false)) dropUnused(database, allCollections(graph))
    return ok({ removed: true }, 202)
  }),
]

export function describe({ name, edgeDefinitions, orphanCollections }: Graph): JsonObject {
  return {
    _id: `_graphs/${name}`,
    _key: name,
    _rev: '_',
    name,
    edgeDefinitions: edgeDefinitions.map(({ collection, from, to }) => ({ collection, from: [...from], to: [...to] })),
    orphanCollections: [...orphanCollections],
  }
}

/** Drops those collections that no graph uses. */
export function dropUnused(database: Database, names: readonly string[]): void {
  const used = new Set([...database.graphs.values()].flatMap(allCollections))
  for (const name of names) if (!used.has(name)) database.collections.delete(name)
}

function create(call: Call): ReturnType<typeof ok> {
  const { server, database, body } = call
  const { name, edgeDefinitions, orphanCollections, isSmart } = body(shape, 1923)
  if (isSmart === true) notImplemented('smart graphs')
  if (database.graphs.has(name)) fail(1925, `graph '${name}' already exists`)
  checkDefinitions(database, edgeDefinitions)
  const connected = connectedCollections({ edgeDefinitions })
  if (orphanCollections.some((orphan) => connected.includes(orphan))) fail(1938)
  ensureCollections(server, database, { edgeDefinitions, orphanCollections })
  const graph: Graph = { name, edgeDefinitions, orphanCollections }
  database.graphs.set(name, graph)
  return ok({ graph: describe(graph) }, 202)
}

function allCollections(graph: Graph): string[] {
  return [...vertexCollections(graph), ...graph.edgeDefinitions.map(({ collection }) => collection)]
}
