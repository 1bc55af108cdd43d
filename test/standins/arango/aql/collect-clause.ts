import { fail } from '../errors.ts'
import { parseExpression } from './expressions.ts'
import { isAggregate } from './functions.ts'
import type { ParserState } from './parser-state.ts'
import type { Assignment, CollectClause } from './tree.ts'

export function parseCollect(state: ParserState): CollectClause {
  const groups = state.is('AGGREGATE', 'WITH', 'INTO') ? [] : parseAssignments(state)
  const aggregates = state.accept('AGGREGATE') ? parseAssignments(state).map(aggregateOf) : []
  const countInto = state.accept('WITH') ? parseCount(state) : null
  const into = countInto === null && state.accept('INTO') ? parseInto(state) : null
  if (state.acceptWord('OPTIONS')) parseExpression(state)
  state.forget()
  for (const { name } of [...groups, ...aggregates]) state.declare(name)
  if (into !== null) state.declare(into.name)
  if (countInto !== null) state.declare(countInto)
  return { kind: 'collect', groups, aggregates, into, countInto }
}

function parseAssignments(state: ParserState): Assignment[] {
  const assignments: Assignment[] = []
  do {
    const name = state.take('name')
    state.expect('=')
    assignments.push({ name, value: parseExpression(state) })
  } while (state.accept(','))
  return assignments
}

function aggregateOf({ name, value }: Assignment): CollectClause['aggregates'][number] {
  if (value.kind !== 'call' || !isAggregate(value.name)) fail(1574, 'AQL: invalid aggregate expression (while parsing)')
  return { name, call: value.name, of: value.arguments[0] ?? null }
}

function parseCount(state: ParserState): string {
  if (!state.acceptWord('COUNT')) state.fail('expecting COUNT')
  state.expect('INTO')
  return state.take('name')
}

function parseInto(state: ParserState): CollectClause['into'] {
  const name = state.take('name')
  const of = state.accept('=') ? parseExpression(state) : null
  if (!state.acceptWord('KEEP')) return { name, of, keep: null }
  const keep = [state.take('name')]
  while (state.accept(',')) keep.push(state.take('name'))
  return { name, of, keep }
}
