import { notImplemented } from '../errors.ts'
import { parseExpression } from './expressions.ts'
import type { ParserState } from './parser-state.ts'
import type { Expression, TraversalClause, TraversalDirection } from './tree.ts'

const directions = ['OUTBOUND', 'INBOUND', 'ANY'] as const

/** What follows `FOR … IN`: a traversal, or the expression that plain loops have there. */
export function parseTraversal(
  state: ParserState,
  names: readonly string[],
): TraversalClause | { readonly kind: 'plain'; readonly expression: Expression } {
  const depth = state.is(...directions) ? null : parseExpression(state)
  if (!state.is(...directions)) return { kind: 'plain', expression: depth as Expression }
  const direction = takeDirection(state)
  if (state.is('SHORTEST_PATH', 'K_SHORTEST_PATHS', 'K_PATHS', 'ALL_SHORTEST_PATHS')) notImplemented(state.token.text)
  const start = parseExpression(state)
  const over = state.accept('GRAPH')
    ? { graph: parseGraphName(state) }
    : { collections: parseCollections(state, direction) }
  const [vertex = '', edge = null, path = null] = names.map((name) => state.declare(name))
  const prune = state.acceptWord('PRUNE') ? parseExpression(state) : null
  const options = state.acceptWord('OPTIONS') ? parseExpression(state) : null
  return { kind: 'traversal', vertex, edge, path, depth, direction, start, over, prune, options }
}

function parseGraphName(state: ParserState): Expression {
  if (state.token.kind === 'name') return { kind: 'literal', value: state.next().text }
  return parseExpression(state)
}

function parseCollections(
  state: ParserState,
  otherwise: TraversalDirection,
): { name: string; direction: TraversalDirection }[] {
  const collections: { name: string; direction: TraversalDirection }[] = []
  do {
    const direction = state.is(...directions) ? takeDirection(state) : otherwise
    collections.push({ name: state.readCollection(state.takeCollection()), direction })
  } while (state.accept(','))
  return collections
}

function takeDirection(state: ParserState): TraversalDirection {
  return state.next().text as TraversalDirection
}
