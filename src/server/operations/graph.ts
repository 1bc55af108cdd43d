import { DbsvcError } from '../../core/errors/error.ts'
import type { Verb } from '../auth/identity.ts'
import type { Hierarchy } from '../fallback/hierarchy.ts'
import type { Operation } from '../operation.ts'
import type { GraphGateway, GraphQuery } from '../stores/graph-gateway.ts'
import { timed } from '../timed.ts'
import type { Origin } from './query.ts'

export interface Traversal {
  /** Such as users/u1. */
  readonly startVertex: string
  readonly over: { readonly graph: string } | { readonly edgeCollections: readonly string[] }
  readonly direction: 'OUTBOUND' | 'INBOUND' | 'ANY'
  readonly minDepth: number
  readonly maxDepth: number
  readonly limit: number
  readonly timeoutMs: number | null
}

export interface GraphResponse {
  /** One JSON value each. */
  readonly results: readonly unknown[]
  readonly origin: Origin
}

/** AQL on a company's own database in ArangoDB. @param graph null where none is configured */
export function graphOperations(graph: GraphGateway | null, hierarchy: Hierarchy) {
  /** Each throws DBS-2401 without ArangoDB, DBS-2340 when it cannot be reached, and what the gateway refuses. */
  const operation = <Request>(
    name: string,
    verb: Verb,
    queryOf: (request: Request) => GraphQuery,
  ): Operation<Request, GraphResponse> => ({
    name,
    verb,
    engines: () => ['arango'],
    tell: ({ origin: { category, source } }) => ({ category, source }),
    async run(context, request) {
      if (graph === null) throw DbsvcError.of('DBS-2401', { engine: 'arango' })
      const run = () => graph.query(context, queryOf(request), verb)
      const attempts = { engine: 'arango', context, repeatable: verb === 'read', run } as const
      const { value, source, ageMs } = await timed(context, () => hierarchy.ask(attempts))
      return { results: value, origin: { database: 'arango', category: 'D', source, ageMs } }
    },
  })
  return {
    /** Refuses what changes documents. */
    query: operation('graph_query', 'read', (request: GraphQuery) => request),
    execute: operation('graph_execute', 'write', (request: GraphQuery) => request),
    traverse: operation('graph_traverse', 'read', traversalQuery),
  }
}

/** Vertices in the order of their depth; the words that no bind variable can stand for come from here alone. */
function traversalQuery(traversal: Traversal): GraphQuery {
  const { startVertex, over, direction, minDepth, maxDepth, limit, timeoutMs } = traversal
  const collections = 'graph' in over ? [] : over.edgeCollections
  const place = 'graph' in over ? 'graph @graph' : collections.map((_, at) => `@@edges${at}`).join(', ')
  return {
    text: `for vertex, edge, path in @least..@most ${direction} @start ${place}
      options { order: "bfs" }
      limit @limit
      return { vertex, edge, depth: length(path.edges) }`,
    bindVars: {
      least: minDepth,
      most: maxDepth,
      start: startVertex,
      limit,
      ...('graph' in over ? { graph: over.graph } : {}),
      ...Object.fromEntries(collections.map((name, at) => [`@edges${at}`, name])),
    },
    timeoutMs,
  }
}
