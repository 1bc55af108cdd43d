import { z } from 'zod'
import { parseId } from '../document-input.ts'
import { find, insert, remove, replace, update } from '../documents.ts'
import { fail } from '../errors.ts'
import { connectedCollections, type EdgeDefinition, type Graph, vertexCollections } from '../graph.ts'
import { checkDefinitions, definitionShape, ensureCollections } from '../graph-definitions.ts'
import { isObject, type Json } from '../json.ts'
import { type Call, ok, type Route, route } from '../router.ts'
import { answerWrite, writeOptions } from './document-options.ts'
import { describe, dropUnused } from './graphs.ts'

const all = '/_api/gharial/:graph/edge'
const ofCollection = `${all}/:collection`
const one = `${ofCollection}/:key`
const document = z.custom<Json>((value) => value !== undefined, 'a document is expected')

export const graphEdges: readonly Route[] = [
  route('GET', all, 'read', ({ database, param }) =>
    ok({
      collections: database
        .graph(param('graph'))
        .edgeDefinitions.map(({ collection }) => collection)
        .sort(),
    }),
  ),
  route('POST', all, 'write', (call) => {
    const graph = call.database.graph(call.param('graph'))
    return redefine(call, graph, [...graph.edgeDefinitions, call.body(definitionShape, 1923)])
  }),
  route('PUT', ofCollection, 'write', (call) => {
    const graph = call.database.graph(call.param('graph'))
    const definition = call.body(definitionShape, 1923)
    const { collection } = definitionOf(call)
    if (definition.collection !== collection) fail(1930)
    const others = graph.edgeDefinitions.filter((other) => other.collection !== collection)
    return redefine(call, graph, [...others, definition])
  }),
  route('DELETE', ofCollection, 'write', (call) => {
    const graph = call.database.graph(call.param('graph'))
    const { collection } = definitionOf(call)
    const left = graph.edgeDefinitions.filter((other) => other.collection !== collection)
    const reply = redefine(call, graph, left)
    if (call.flag('dropCollection', call.flag('dropCollections', false))) dropUnused(call.database, [collection])
    return reply
  }),
  route('POST', ofCollection, 'read', (call) => {
    const edge = call.body(document, 600)
    checkEnds(call, edge, true)
    return answerWrite(call, 'edge', definitionOf(call).collection, (collection) =>
      insert(call.session, collection, edge),
    )
  }),
  route('GET', one, 'read', read),
  route('HEAD', one, 'read', read),
  route('PUT', one, 'read', (call) => {
    const edge = call.body(document, 600)
    checkEnds(call, edge, true)
    return answerWrite(call, 'edge', definitionOf(call).collection, (collection) =>
      replace(call.session, collection, call.param('key'), edge, writeOptions(call)),
    )
  }),
  route('PATCH', one, 'read', (call) => {
    const edge = call.body(document, 600)
    checkEnds(call, edge, false)
    return answerWrite(call, 'edge', definitionOf(call).collection, (collection) =>
      update(call.session, collection, call.param('key'), edge, writeOptions(call)),
    )
  }),
  route('DELETE', one, 'read', (call) =>
    answerWrite(call, 'removed', definitionOf(call).collection, (collection) =>
      remove(call.session, collection, call.param('key'), {}, writeOptions(call)),
    ),
  ),
]

function read(call: Call): ReturnType<typeof ok> {
  const edge = find(call.session.read(definitionOf(call).collection), call.param('key'))
  return ok({ edge }, 200, { etag: `"${edge._rev}"` })
}

/** What is no longer an end of any edge stays in the graph as an orphan. */
function redefine(
  { server, database }: Call,
  graph: Graph,
  edgeDefinitions: readonly EdgeDefinition[],
): ReturnType<typeof ok> {
  checkDefinitions(database, edgeDefinitions, graph)
  const connected = connectedCollections({ edgeDefinitions })
  const orphanCollections = vertexCollections(graph).filter((name) => !connected.includes(name))
  ensureCollections(server, database, { edgeDefinitions, orphanCollections })
  Object.assign(graph, { edgeDefinitions, orphanCollections })
  return ok({ graph: describe(graph) }, 202)
}

function definitionOf({ database, param }: Call): EdgeDefinition {
  const name = param('collection')
  const { edgeDefinitions } = database.graph(param('graph'))
  return (
    edgeDefinitions.find(({ collection }) => collection === name) ??
    fail(1930, `edge collection '${name}' is not used in the graph`)
  )
}

/** An edge of a graph begins and ends in documents that exist, of the collections that its definition allows. */
function checkEnds(call: Call, edge: Json, areNeeded: boolean): void {
  if (!isObject(edge)) return
  const { from, to } = definitionOf(call)
  for (const [end, allowed] of [
    [edge._from, from],
    [edge._to, to],
  ] as const) {
    if (end === undefined && !areNeeded) continue
    if (typeof end !== 'string' || !end.includes('/')) fail(1233)
    const { collection, key } = parseId(end)
    if (!allowed.includes(collection)) fail(1947, `'${collection}' is not part of the graph at this end of the edge`)
    find(call.session.read(collection), key)
  }
}
