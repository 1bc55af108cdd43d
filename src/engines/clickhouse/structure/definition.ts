import type { StructureObject } from '../../../core/structure/object.ts'
import { readHead } from '../sql/head.ts'
import { isSign, isWord, nameIn, type Token } from '../sql/token.ts'
import { textOf } from './normalise.ts'

/**
 * Takes a CREATE statement, as system.tables writes it, apart into things that can be compared: the table with its engine and keys,
 * each column with its default, codec and TTL, each index, constraint and projection. `tokens` are those that the parser sees.
 */
export function objectsOf(tokens: readonly Token[], name: string): StructureObject[] {
  const { kind, rest } = readHead(tokens)
  if (kind !== 'TABLE')
    return [{ kind: kindOf(kind), on: '', name, definition: `${kind} ${textOf(tokens.slice(rest))}`.trim() }]
  const open = tokens.findIndex((token, index) => index >= rest && isSign(token, '('))
  const close = open === -1 ? -1 : matching(tokens, open)
  const behind = textOf(tokens.slice(close + 1))
  const table: StructureObject = { kind: 'table', on: '', name, definition: behind }
  const elements = open === -1 ? [] : splitAtCommas(tokens.slice(open + 1, close))
  return [table, ...elements.map((element) => objectOf(element, name))]
}

const kindOf = (kind: string): StructureObject['kind'] => (kind.endsWith('VIEW') ? 'view' : 'other')

const elementKinds = { INDEX: 'index', PROJECTION: 'index', CONSTRAINT: 'constraint' } as const

function objectOf(element: readonly Token[], table: string): StructureObject {
  const [first, second, ...rest] = element
  const keyword = (Object.keys(elementKinds) as (keyof typeof elementKinds)[]).find((word) => isWord(first, word))
  // A column of that name is written in backticks.
  if (keyword !== undefined && second !== undefined) {
    return { kind: elementKinds[keyword], on: table, name: nameIn(second), definition: `${keyword} ${textOf(rest)}` }
  }
  const name = first === undefined ? '' : nameIn(first)
  return { kind: 'column', on: table, name, definition: textOf(element.slice(1)) }
}

/** Index of the bracket that closes the one at `open`. */
export function matching(tokens: readonly Token[], open: number): number {
  let depth = 0
  for (let index = open; index < tokens.length; index += 1) {
    if (isOpening(tokens[index])) depth += 1
    else if (isClosing(tokens[index])) depth -= 1
    if (depth === 0) return index
  }
  return tokens.length
}

export function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (isOpening(token)) depth += 1
    else if (isClosing(token)) depth -= 1
    if (depth === 0 && isSign(token, ',')) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts.filter((part) => part.length > 0)
}

const isOpening = (token: Token | undefined): boolean => token?.kind === 'sign' && /^[([{]$/.test(token.text)
const isClosing = (token: Token | undefined): boolean => token?.kind === 'sign' && /^[)\]}]$/.test(token.text)
