import { z } from 'zod'
import type { Collection } from '../collection.ts'
import { parseId } from '../document-input.ts'
import { fail } from '../errors.ts'
import { type Document, isObject, type Json } from '../json.ts'
import { evaluate, evaluateOptions } from './evaluate.ts'
import type { Execution } from './execution.ts'
import type { Scope } from './scope.ts'
import type { TraversalClause, TraversalDirection } from './tree.ts'
import { toBool, toNumber, toText } from './values.ts'

const optionsShape = z.object({
  order: z.enum(['dfs', 'bfs']).optional(),
  bfs: z.boolean().default(false),
  uniqueVertices: z.enum(['none', 'path', 'global']).default('none'),
  uniqueEdges: z.enum(['none', 'path']).default('path'),
})

interface Path {
  readonly ids: readonly string[]
  readonly vertices: readonly Json[]
  readonly edges: readonly Document[]
}

interface Edges {
  readonly collection: Collection
  readonly direction: TraversalDirection
}

export function* traverse(clause: TraversalClause, rows: Iterable<Scope>, execution: Execution): Generator<Scope> {
  for (const row of rows) {
    const id = startOf(evaluate(clause.start, row, execution))
    if (id === null) {
      execution.warn(10, 'invalid start vertex. Only id strings or objects with _id are allowed')
      continue
    }
    const [least, most] = depthOf(clause, row, execution)
    for (const path of walk(clause, id, most, row, execution)) {
      if (path.edges.length >= least) yield bind(clause, path, row)
    }
  }
}

/** All paths of up to `most` edges, each before those that go on from it. */
function* walk(
  clause: TraversalClause,
  start: string,
  most: number,
  row: Scope,
  execution: Execution,
): Generator<Path> {
  const options = parseOptions(evaluateOptions(clause.options, row, execution))
  const breadthFirst = options.bfs || options.order === 'bfs'
  if (options.uniqueVertices === 'global' && !breadthFirst)
    fail(10, "uniqueVertices: 'global' is only supported for order: 'bfs'")
  const edges = edgesOf(clause, row, execution)
  const seen = new Set([start])
  const open: Path[] = [{ ids: [start], vertices: [vertex(start, execution)], edges: [] }]
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    execution.tick()
    yield path
    const isPruned = clause.prune !== null && toBool(evaluate(clause.prune, bind(clause, path, row), execution))
    if (path.edges.length >= most || isPruned) continue
    const next = steps(path, edges)
      .filter(({ edge, id }) => isAllowed(path, edge, id, options, seen))
      .map(({ edge, id }) => ({
        ids: [...path.ids, id],
        vertices: [...path.vertices, vertex(id, execution)],
        edges: [...path.edges, edge],
      }))
    if (breadthFirst) open.push(...next)
    else open.unshift(...next)
  }
}

function isAllowed(
  path: Path,
  edge: Document,
  id: string,
  { uniqueEdges, uniqueVertices }: z.infer<typeof optionsShape>,
  seen: Set<string>,
): boolean {
  if (uniqueEdges === 'path' && path.edges.some(({ _id }) => _id === edge._id)) return false
  if (uniqueVertices === 'path') return !path.ids.includes(id)
  if (uniqueVertices === 'none') return true
  const isNew = !seen.has(id)
  seen.add(id)
  return isNew
}

function steps({ ids }: Path, edges: readonly Edges[]): { edge: Document; id: string }[] {
  const from = ids.at(-1) ?? ''
  return edges.flatMap(({ collection, direction }) => [
    ...(direction === 'INBOUND'
      ? []
      : collection.edgesOf(from, 'outbound').map((edge) => ({ edge, id: String(edge._to) }))),
    ...(direction === 'OUTBOUND'
      ? []
      : collection.edgesOf(from, 'inbound').map((edge) => ({ edge, id: String(edge._from) }))),
  ])
}

function edgesOf({ over, direction }: TraversalClause, row: Scope, execution: Execution): Edges[] {
  const { session } = execution
  const named =
    'graph' in over
      ? session.database
          .graph(toText(evaluate(over.graph, row, execution)))
          .edgeDefinitions.map(({ collection }) => ({ name: collection, direction }))
      : over.collections
  return named.map(({ name, direction: own }) => ({ collection: session.read(name), direction: own }))
}

function depthOf({ depth }: TraversalClause, row: Scope, execution: Execution): [least: number, most: number] {
  if (depth === null) return [1, 1]
  const value = (inner: typeof depth): number => toNumber(evaluate(inner, row, execution))
  return depth.kind === 'range' ? [value(depth.from), value(depth.to)] : [value(depth), value(depth)]
}

function bind({ vertex: vertexName, edge, path: pathName }: TraversalClause, path: Path, row: Scope): Scope {
  let bound = row.with(vertexName, path.vertices.at(-1) ?? null)
  if (edge !== null) bound = bound.with(edge, path.edges.at(-1) ?? null)
  if (pathName !== null) bound = bound.with(pathName, { vertices: [...path.vertices], edges: [...path.edges] })
  return bound
}

function startOf(start: Json): string | null {
  const id = isObject(start) ? (start._id ?? null) : start
  return typeof id === 'string' && /^[^/]+\/[^/]+$/.test(id) ? id : null
}

function vertex(id: string, execution: Execution): Json {
  const { collection, key } = parseId(id)
  if (!execution.session.database.collections.has(collection)) return null
  return execution.session.read(collection).get(key) ?? execution.warn(1202, `document '${id}' not found`)
}

function parseOptions(options: Json): z.infer<typeof optionsShape> {
  const parsed = optionsShape.safeParse(options)
  return parsed.success ? parsed.data : fail(1575, `AQL: ${z.prettifyError(parsed.error)}`)
}
