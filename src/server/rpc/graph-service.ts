import type { ServiceImpl } from '@connectrpc/connect'
import {
  TraverseRequest_Direction as Direction,
  type GraphQueryRequest,
  type GraphService,
  type TraverseRequest,
} from '../contract/dbsvc/v1/graph_pb.js'
import { graphOperationOf, readGraphQuery, readTraversal } from '../http/graph-body.ts'
import { perform } from '../perform.ts'
import type { Router } from '../router.ts'
import type { Answer } from './answer.ts'
import { timeLeft } from './deadline.ts'
import { parseField } from './json-fields.ts'
import { infoOf } from './tables.ts'

/** AQL on a company's own database in ArangoDB. */
export function graphService(router: Router, answer: Answer): ServiceImpl<typeof GraphService> {
  const { graph } = router.operations
  return {
    graphQuery: (message, context) =>
      answer(context, message, async (call) => {
        const asked = queryOf(message)
        const timely = { ...asked, timeoutMs: timeLeft(asked.timeoutMs, context) }
        const { results, origin } = await perform(router, graphOperationOf(graph, asked), call, timely)
        return { resultsJson: results.map((result) => JSON.stringify(result)), info: infoOf(call, origin) }
      }),
    traverse: (message, context) =>
      answer(context, message, async (call) => {
        const asked = traversalOf(message)
        const timely = { ...asked, timeoutMs: timeLeft(asked.timeoutMs, context) }
        const { results, origin } = await perform(router, graph.traverse, call, timely)
        return { resultsJson: results.map((result) => JSON.stringify(result)), info: infoOf(call, origin) }
      }),
  }
}

const queryOf = ({ query, bindVarsJson, readOnly, timeoutMs }: GraphQueryRequest) =>
  readGraphQuery({
    query,
    bind_vars: parseField('bind_vars_json', bindVarsJson),
    read_only: readOnly,
    timeout_ms: timeoutMs,
  })

const directions: Readonly<Record<Direction, string | undefined>> = {
  [Direction.UNSPECIFIED]: undefined,
  [Direction.OUTBOUND]: 'outbound',
  [Direction.INBOUND]: 'inbound',
  [Direction.ANY]: 'any',
}

const traversalOf = (message: TraverseRequest) =>
  readTraversal({
    start_vertex: message.startVertex,
    graph: message.graph || undefined,
    edge_collections: message.edgeCollections,
    // A number of a later contract is refused, and not taken for none.
    direction: message.direction in directions ? directions[message.direction] : message.direction,
    min_depth: message.minDepth || undefined,
    max_depth: message.maxDepth || undefined,
    limit: message.limit,
    timeout_ms: message.timeoutMs,
  })
