import { z } from 'zod'
import { find, insert, remove, replace, update } from '../documents.ts'
import { removeEdgesOf } from '../edges.ts'
import { fail } from '../errors.ts'
import { connectedCollections, type Graph, vertexCollections } from '../graph.ts'
import { ensureCollections } from '../graph-definitions.ts'
import type { Json } from '../json.ts'
import { type Call, ok, type Route, route } from '../router.ts'
import { answerWrite, writeOptions } from './document-options.ts'
import { describe, dropUnused } from './graphs.ts'

const all = '/_api/gharial/:graph/vertex'
const ofCollection = `${all}/:collection`
const one = `${ofCollection}/:key`
const document = z.custom<Json>((value) => value !== undefined, 'a document is expected')
const added = z.object({ collection: z.string().min(1), options: z.looseObject({}).optional() })

export const graphVertices: readonly Route[] = [
  route('GET', all, 'read', ({ database, param }) =>
    ok({ collections: vertexCollections(database.graph(param('graph'))) }),
  ),
  route('POST', all, 'write', ({ server, database, param, body }) => {
    const graph = database.graph(param('graph'))
    const { collection } = body(added)
    if (graph.orphanCollections.includes(collection)) fail(1938)
    if (connectedCollections(graph).includes(collection)) fail(1938, 'collection is used in an edge definition')
    ensureCollections(server, database, { edgeDefinitions: [], orphanCollections: [collection] })
    graph.orphanCollections = [...graph.orphanCollections, collection]
    return ok({ graph: describe(graph) }, 202)
  }),
  route('DELETE', ofCollection, 'write', ({ database, param, flag }) => {
    const graph = database.graph(param('graph'))
    const collection = param('collection')
    if (!vertexCollections(graph).includes(collection)) fail(1926)
    if (!graph.orphanCollections.includes(collection)) fail(1928)
    graph.orphanCollections = graph.orphanCollections.filter((name) => name !== collection)
    if (flag('dropCollection', false)) dropUnused(database, [collection])
    return ok({ graph: describe(graph) }, 202)
  }),
  route('POST', ofCollection, 'read', (call) =>
    answerWrite(call, 'vertex', vertexCollection(call), (collection) =>
      insert(call.session, collection, call.body(document, 600)),
    ),
  ),
  route('GET', one, 'read', read),
  route('HEAD', one, 'read', read),
  route('PUT', one, 'read', (call) =>
    answerWrite(call, 'vertex', vertexCollection(call), (collection) =>
      replace(call.session, collection, call.param('key'), call.body(document, 600), writeOptions(call)),
    ),
  ),
  route('PATCH', one, 'read', (call) =>
    answerWrite(call, 'vertex', vertexCollection(call), (collection) =>
      update(call.session, collection, call.param('key'), call.body(document, 600), writeOptions(call)),
    ),
  ),
  route('DELETE', one, 'read', (call) =>
    answerWrite(call, 'removed', vertexCollection(call), (collection) => {
      const outcome = remove(call.session, collection, call.param('key'), {}, writeOptions(call))
      if (outcome.before !== null) removeEdgesOf(call.session, outcome.before, collection.name)
      return outcome
    }),
  ),
]

function read(call: Call): ReturnType<typeof ok> {
  const vertex = find(call.session.read(vertexCollection(call)), call.param('key'))
  return ok({ vertex }, 200, { etag: `"${vertex._rev}"` })
}

function vertexCollection({ database, param }: Call): string {
  const graph: Graph = database.graph(param('graph'))
  const name = param('collection')
  return vertexCollections(graph).includes(name)
    ? name
    : fail(1926, `vertex collection '${name}' is not part of the graph`)
}
