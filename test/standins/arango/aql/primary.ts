import type { ParserState } from './parser-state.ts'
import type { Expression } from './tree.ts'

type Parse = (state: ParserState) => Expression

const constants: Readonly<Record<string, null | boolean>> = { NULL: null, TRUE: true, FALSE: false }

/** A literal, a variable, a collection, a bind parameter, or something in brackets. */
export function parsePrimary(state: ParserState, parseExpression: Parse): Expression {
  const { kind, text } = state.token
  switch (kind) {
    case 'number':
      return { kind: 'literal', value: Number(state.next().text) }
    case 'string':
      return { kind: 'literal', value: state.next().text }
    case 'bind':
      return { kind: 'literal', value: state.bindValue(state.next().text) }
    case 'collectionBind':
      return { kind: 'collection', name: state.readCollection(state.collectionBind(state.next().text)) }
    case 'name':
      state.next()
      return state.isVariable(text)
        ? { kind: 'variable', name: text }
        : { kind: 'collection', name: state.readCollection(text) }
    case 'keyword':
      if (!(text in constants)) return state.fail('expecting an expression')
      state.next()
      return { kind: 'literal', value: constants[text] ?? null }
    default:
      return parseBracketed(state, parseExpression)
  }
}

function parseBracketed(state: ParserState, parseExpression: Parse): Expression {
  if (state.accept('[')) return { kind: 'array', items: parseList(state, ']', parseExpression) }
  if (state.accept('{'))
    return { kind: 'object', entries: parseList(state, '}', (inner) => parseEntry(inner, parseExpression)) }
  if (!state.accept('(')) return state.fail('expecting an expression')
  const begins = ['FOR', 'LET', 'INSERT', 'UPDATE', 'REPLACE', 'REMOVE', 'UPSERT', 'RETURN', 'FILTER', 'WITH']
  const inner: Expression = state.is(...begins) ? { kind: 'subquery', query: state.subquery() } : parseExpression(state)
  state.expect(')')
  return inner
}

/** Up to the closing bracket, with or without a last comma. */
function parseList<Item>(state: ParserState, end: string, parse: (state: ParserState) => Item): Item[] {
  const items: Item[] = []
  while (!state.accept(end)) {
    items.push(parse(state))
    if (!state.is(end)) state.expect(',')
  }
  return items
}

function parseEntry(state: ParserState, parseExpression: Parse): readonly [Expression, Expression] {
  const { kind, text } = state.token
  // `{x}` is `{x: x}`.
  if (kind === 'name' && state.peek(1).text !== ':')
    return [{ kind: 'literal', value: text }, parsePrimary(state, parseExpression)]
  const name = parseEntryName(state, parseExpression)
  state.expect(':')
  return [name, parseExpression(state)]
}

function parseEntryName(state: ParserState, parseExpression: Parse): Expression {
  const { kind } = state.token
  if (kind === 'bind') return { kind: 'literal', value: state.bindValue(state.next().text) }
  if (kind === 'string' || kind === 'name') return { kind: 'literal', value: state.next().text }
  if (!state.accept('[')) return state.fail('expecting the name of an attribute')
  const computed = parseExpression(state)
  state.expect(']')
  return computed
}
