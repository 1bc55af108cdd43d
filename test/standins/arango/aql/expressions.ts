import { parseExpansion } from './expansion.ts'
import { checkCall } from './functions.ts'
import type { ParserState } from './parser-state.ts'
import { parsePrimary } from './primary.ts'
import type { BinaryOperator, ComparisonOperator, Expression, Quantifier } from './tree.ts'

/** From what binds least to what binds most, as in ArangoDB's grammar. */
const levels: readonly (readonly string[])[] = [
  ['||', 'OR'],
  ['&&', 'AND'],
  ['==', '!=', 'LIKE', 'NOT LIKE', '=~', '!~'],
  ['IN', 'NOT IN'],
  ['<', '<=', '>', '>='],
]
const comparisons = new Set(levels.slice(2).flat())

export function parseExpression(state: ParserState): Expression {
  const condition = parseLevel(state, 0)
  if (!state.accept('?')) return condition
  if (state.accept(':')) return { kind: 'choice', condition, yes: null, no: parseExpression(state) }
  const yes = parseExpression(state)
  state.expect(':')
  return { kind: 'choice', condition, yes, no: parseExpression(state) }
}

function parseLevel(state: ParserState, level: number): Expression {
  const operators = levels[level]
  if (operators === undefined) return parseRange(state)
  let left = parseLevel(state, level + 1)
  for (;;) {
    const quantifier = takeQuantifier(state, operators)
    const operator = takeOperator(state, operators)
    if (operator === null) return left
    const right = parseLevel(state, level + 1)
    left =
      quantifier === null
        ? { kind: 'binary', operator, left, right }
        : { kind: 'quantified', quantifier, operator: operator as ComparisonOperator, left, right }
  }
}

function takeOperator(state: ParserState, operators: readonly string[]): BinaryOperator | null {
  if (state.is('NOT')) {
    const negated = `NOT ${state.peek(1).text}`
    if (!operators.includes(negated)) return null
    state.next()
    state.next()
    return negated as BinaryOperator
  }
  if (!state.is(...operators) || (state.is('IN') && !state.hasIn)) return null
  const { text } = state.next()
  if (text === 'OR') return '||'
  return text === 'AND' ? '&&' : (text as BinaryOperator)
}

/** ANY, ALL or NONE, where a comparison of this level follows; ANY begins the direction of a traversal as well. */
function takeQuantifier(state: ParserState, operators: readonly string[]): Quantifier | null {
  if (!state.is('ANY', 'ALL', 'NONE')) return null
  const { text } = state.peek(1)
  const operator = text === 'NOT' ? `NOT ${state.peek(2).text}` : text
  if (!comparisons.has(operator) || !operators.includes(operator)) return null
  return state.next().text as Quantifier
}

function parseRange(state: ParserState): Expression {
  const from = parseSum(state)
  return state.accept('..') ? { kind: 'range', from, to: parseSum(state) } : from
}

function parseSum(state: ParserState): Expression {
  let left = parseProduct(state)
  while (state.is('+', '-')) {
    const operator = state.next().text as '+' | '-'
    left = { kind: 'binary', operator, left, right: parseProduct(state) }
  }
  return left
}

function parseProduct(state: ParserState): Expression {
  let left = parseUnary(state)
  while (state.is('*', '/', '%')) {
    const operator = state.next().text as '*' | '/' | '%'
    left = { kind: 'binary', operator, left, right: parseUnary(state) }
  }
  return left
}

function parseUnary(state: ParserState): Expression {
  if (!state.is('!', 'NOT', '-', '+')) return parseAccess(state, parseOperand(state))
  const { text } = state.next()
  const operator = text === 'NOT' ? '!' : (text as '!' | '-' | '+')
  return { kind: 'unary', operator, operand: parseUnary(state) }
}

function parseOperand(state: ParserState): Expression {
  const { kind, text } = state.token
  const isCall = kind === 'name' && state.peek(1).kind === 'operator' && state.peek(1).text === '('
  return isCall ? parseCall(state, text) : parsePrimary(state, parseExpression)
}

function parseCall(state: ParserState, name: string): Expression {
  state.next()
  state.next()
  const args: Expression[] = []
  while (!state.accept(')')) {
    args.push(parseExpression(state))
    if (!state.is(')')) state.expect(',')
  }
  const capitals = name.toUpperCase()
  checkCall(capitals, args.length)
  return { kind: 'call', name: capitals, arguments: args }
}

/** `.name`, `[…]` and `[*]` behind an operand. */
export function parseAccess(state: ParserState, operand: Expression): Expression {
  if (state.accept('.')) return parseAccess(state, { kind: 'attribute', of: operand, name: takeName(state) })
  if (!state.is('[')) return operand
  state.next()
  if (state.is('*')) return parseExpansion(state, operand, { parseExpression, parseAccess })
  const name = parseExpression(state)
  state.expect(']')
  return parseAccess(state, { kind: 'attribute', of: operand, name })
}

function takeName(state: ParserState): Expression {
  if (state.token.kind === 'bind') return { kind: 'literal', value: state.bindValue(state.next().text) }
  return { kind: 'literal', value: state.take('name') }
}
