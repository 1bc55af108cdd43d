import { fail, notImplemented } from '../errors.ts'
import { parseCollect } from './collect-clause.ts'
import { parseLimit } from './expansion.ts'
import { parseExpression } from './expressions.ts'
import { parseModify, parseUpsert } from './modify-clauses.ts'
import { type BindVars, ParserState } from './parser-state.ts'
import { parseTraversal } from './traversal-clause.ts'
import type { Assignment, Clause, Query } from './tree.ts'

export interface ParsedQuery {
  readonly query: Query
  readonly collections: readonly string[]
}

/** Throws what ArangoDB answers to a query that is none: 1501, 1502, 1511, 1540, 1541, 1551, 1552, 1553 or 1579. */
export function parse(text: string, bindVars: BindVars): ParsedQuery {
  if (text.trim() === '') fail(1502, 'query is empty')
  const state = new ParserState(text, bindVars, parseQuery)
  if (state.accept('WITH'))
    do state.takeCollection()
    while (state.accept(','))
  const query = parseQuery(state)
  if (state.token.kind !== 'end') state.fail('expecting the end of the query')
  state.checkBindsUsed()
  return { query, collections: [...state.collections] }
}

function parseQuery(state: ParserState): Query {
  const clauses: Clause[] = []
  for (;;) {
    const parsed = parseClause(state)
    clauses.push(...parsed)
    const last = parsed.at(-1)
    if (last?.kind === 'return') break
    if (state.token.kind === 'end' || state.is(')')) break
  }
  const writes = clauses.some(({ kind }) => kind === 'modify' || kind === 'upsert')
  if (clauses.at(-1)?.kind !== 'return' && !writes) state.fail('expecting RETURN')
  return { clauses }
}

function parseClause(state: ParserState): Clause[] {
  if (
    !state.is(
      'FOR',
      'LET',
      'FILTER',
      'SORT',
      'LIMIT',
      'RETURN',
      'COLLECT',
      'INSERT',
      'UPDATE',
      'REPLACE',
      'REMOVE',
      'UPSERT',
      'WINDOW',
    )
  )
    return state.fail('expecting a statement')
  const { text } = state.next()
  switch (text) {
    case 'FOR':
      return [parseFor(state)]
    case 'LET':
      return parseLets(state)
    case 'FILTER':
      return [{ kind: 'filter', condition: parseExpression(state) }]
    case 'SORT':
      return [parseSort(state)]
    case 'LIMIT':
      return [{ kind: 'limit', limit: parseLimit(state, parseExpression) }]
    case 'COLLECT':
      return [parseCollect(state)]
    case 'RETURN':
      return [{ kind: 'return', distinct: state.accept('DISTINCT'), value: parseExpression(state) }]
    case 'UPSERT':
      return [parseUpsert(state)]
    case 'WINDOW':
      return notImplemented('WINDOW')
    default:
      return [parseModify(state, text as 'INSERT' | 'UPDATE' | 'REPLACE' | 'REMOVE')]
  }
}

function parseFor(state: ParserState): Clause {
  const names = [state.take('name')]
  while (state.accept(',')) names.push(state.take('name'))
  state.expect('IN')
  const traversal = parseTraversal(state, names)
  if (traversal.kind === 'traversal') return traversal
  const [name = '', ...others] = names
  if (others.length > 0) state.fail('expecting a direction')
  if (state.isWord('SEARCH')) notImplemented('SEARCH')
  state.declare(name)
  // Hints for the optimiser, which the stand-in has none of.
  if (state.acceptWord('OPTIONS')) parseExpression(state)
  return { kind: 'for', name, in: traversal.expression }
}

function parseLets(state: ParserState): Clause[] {
  const assignments: Assignment[] = []
  do {
    const name = state.take('name')
    state.expect('=')
    const value = parseExpression(state)
    assignments.push({ name: state.declare(name), value })
  } while (state.accept(','))
  return assignments.map((assignment) => ({ kind: 'let', assignment }))
}

function parseSort(state: ParserState): Clause {
  const by: { value: ReturnType<typeof parseExpression>; descending: boolean }[] = []
  do {
    const value = parseExpression(state)
    const descending = state.accept('DESC')
    if (!descending) state.accept('ASC')
    by.push({ value, descending })
  } while (state.accept(','))
  return { kind: 'sort', by }
}
