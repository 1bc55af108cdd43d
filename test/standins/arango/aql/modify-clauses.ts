import { parseExpression } from './expressions.ts'
import type { ParserState } from './parser-state.ts'
import type { Expression, Modification, ModifyClause, UpsertClause } from './tree.ts'

export function parseModify(state: ParserState, operation: Modification): ModifyClause {
  // In `INSERT x IN c` the word IN is no operator.
  const document = parseOperand(state)
  const mayChange = operation === 'UPDATE' || operation === 'REPLACE'
  const change = mayChange && state.accept('WITH') ? parseOperand(state) : null
  const collection = parseTarget(state)
  const options = parseOptions(state)
  if (operation !== 'INSERT') state.define('OLD')
  if (operation !== 'REMOVE') state.define('NEW')
  return { kind: 'modify', operation, collection, document, change, options }
}

export function parseUpsert(state: ParserState): UpsertClause {
  const search = parseOperand(state)
  state.expect('INSERT')
  const insert = parseOperand(state)
  if (!state.is('UPDATE', 'REPLACE')) state.fail('expecting UPDATE or REPLACE')
  const operation = state.next().text as 'UPDATE' | 'REPLACE'
  state.define('OLD')
  const change = parseOperand(state)
  const collection = parseTarget(state)
  const options = parseOptions(state)
  state.define('NEW')
  return { kind: 'upsert', collection, search, insert, operation, change, options }
}

function parseOperand(state: ParserState): Expression {
  return state.withoutIn(() => parseExpression(state))
}

function parseTarget(state: ParserState): string {
  if (!state.accept('IN', 'INTO')) state.fail('expecting IN or INTO')
  const name = state.takeCollection()
  state.modified.add(name)
  return name
}

function parseOptions(state: ParserState): Expression | null {
  return state.acceptWord('OPTIONS') ? parseExpression(state) : null
}
