import { z } from 'zod'
import { isWriting } from '../../engines/arango/aql/guard.ts'
import type { Traversal } from '../operations/graph.ts'
import type { Router } from '../router.ts'
import type { GraphQuery } from '../stores/graph-gateway.ts'
import { read } from './read.ts'

const ms = z.int().min(0).max(3_600_000).default(0)
const collection = z.string().regex(/^[A-Za-z][\w-]{0,255}$/)
const depth = z.int().min(0).max(10)

export const graphQueryMessage = z.strictObject({
  query: z.string(),
  bind_vars: z.record(z.string(), z.json()).default({}),
  read_only: z.boolean().default(false),
  timeout_ms: ms,
})

export const traversalMessage = z
  .strictObject({
    start_vertex: z.string().regex(/^[A-Za-z][\w-]{0,255}\/[\w\-:.@()+,=;$!*'%]{1,254}$/),
    graph: collection.optional(),
    edge_collections: z.array(collection).max(16).default([]),
    direction: z.enum(['outbound', 'inbound', 'any']).default('outbound'),
    min_depth: depth.default(1),
    max_depth: depth.default(1),
    limit: z.int().min(0).max(10_000).default(0),
    timeout_ms: ms,
  })
  .refine((asked) => (asked.graph === undefined) !== (asked.edge_collections.length === 0), {
    message: 'name a graph or edge_collections',
  })
  .refine(({ min_depth, max_depth }) => min_depth <= max_depth, { message: 'min_depth is more than max_depth' })

export interface AskedQuery extends GraphQuery {
  /** Changes nothing, and is refused if it would. */
  readonly readOnly: boolean
}

/** @throws DBS-2001 */
export function readGraphQuery(message: unknown): AskedQuery {
  const { query: text, bind_vars, read_only, timeout_ms } = read(graphQueryMessage, message)
  return { text, bindVars: bind_vars, readOnly: read_only, timeoutMs: timeout_ms === 0 ? null : timeout_ms }
}

/** Who may only read must not need a right to write for a query that does no more. */
export const graphOperationOf = ({ query, execute }: Router['operations']['graph'], asked: AskedQuery) =>
  asked.readOnly || !isWriting(asked.text) ? query : execute

/** @throws DBS-2001 */
export function readTraversal(message: unknown): Traversal {
  const asked = read(traversalMessage, message)
  return {
    startVertex: asked.start_vertex,
    over: asked.graph === undefined ? { edgeCollections: asked.edge_collections } : { graph: asked.graph },
    direction: asked.direction.toUpperCase() as Traversal['direction'],
    minDepth: asked.min_depth,
    maxDepth: asked.max_depth,
    limit: asked.limit === 0 ? 100 : asked.limit,
    timeoutMs: asked.timeout_ms === 0 ? null : asked.timeout_ms,
  }
}
