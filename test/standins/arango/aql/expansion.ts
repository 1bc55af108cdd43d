import type { ParserState } from './parser-state.ts'
import { currentVariable, type Expression, elementVariable, type Limit } from './tree.ts'

interface Parsers {
  readonly parseExpression: (state: ParserState) => Expression
  readonly parseAccess: (state: ParserState, operand: Expression) => Expression
}

/** From the first star on; what follows the brackets is applied to each element. */
export function parseExpansion(state: ParserState, of: Expression, parsers: Parsers): Expression {
  let levels = 0
  while (state.accept('*')) levels += 1
  const inner = state.within(() => {
    state.define(currentVariable)
    return {
      filter: state.accept('FILTER') ? parsers.parseExpression(state) : null,
      limit: state.accept('LIMIT') ? parseLimit(state, parsers.parseExpression) : null,
      projection: state.accept('RETURN') ? parsers.parseExpression(state) : null,
    }
  })
  state.expect(']')
  const rest = parsers.parseAccess(state, { kind: 'variable', name: elementVariable })
  return { kind: 'expansion', of, levels, ...inner, rest }
}

export function parseLimit(state: ParserState, parseExpression: (state: ParserState) => Expression): Limit {
  const first = parseExpression(state)
  return state.accept(',') ? { offset: first, count: parseExpression(state) } : { offset: null, count: first }
}
