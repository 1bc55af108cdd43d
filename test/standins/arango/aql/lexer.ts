import { fail } from '../errors.ts'

export type TokenKind = 'name' | 'keyword' | 'string' | 'number' | 'bind' | 'collectionBind' | 'operator' | 'end'

export interface Token {
  readonly kind: TokenKind
  /** Keywords in capitals; strings and names without their quotes; bind parameters without their `@`. */
  readonly text: string
  readonly offset: number
}

const keywords = new Set(
  `AGGREGATE ALL ALL_SHORTEST_PATHS AND ANY ASC COLLECT DESC DISTINCT FALSE FILTER FOR GRAPH IN INBOUND INSERT INTO
   K_PATHS K_SHORTEST_PATHS LET LIKE LIMIT NONE NOT NULL OR OUTBOUND REMOVE REPLACE RETURN SHORTEST_PATH SORT TRUE UPDATE
   UPSERT WINDOW WITH`.split(/\s+/),
)

const pattern = new RegExp(
  [
    String.raw`(?<space>\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)`,
    '(?<collectionBind>@@[A-Za-z0-9_]+)',
    '(?<bind>@[A-Za-z0-9_]+)',
    // A digit before two dots begins a range.
    String.raw`(?<number>0[xX][0-9a-fA-F]+|0[bB][01]+|(?:\d+(?:\.(?!\.)\d+)?|\.\d+)(?:[eE][-+]?\d+)?)`,
    String.raw`(?<string>"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')`,
    String.raw`(?<quoted>\x60[^\x60]*\x60|´[^´]*´)`,
    String.raw`(?<name>\$?[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)*)`,
    String.raw`(?<operator>\.\.|==|!=|<=|>=|=~|!~|&&|\|\||::|[-+*\/%<>=!?:,.()[\]{}])`,
  ].join('|'),
  'y',
)

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

/** Throws 1501 at the first character that begins no token. */
export function tokenize(query: string): Token[] {
  const tokens: Token[] = []
  let offset = 0
  while (offset < query.length) {
    pattern.lastIndex = offset
    const match = pattern.exec(query)
    if (match?.groups === undefined) failAt(query, offset, `unexpected character '${query[offset]}'`)
    const found = Object.entries(match.groups).find(([, text]) => text !== undefined)
    const token = found === undefined ? null : tokenOf(found[0], match[0], offset)
    if (token !== null) tokens.push(token)
    offset = pattern.lastIndex
  }
  return [...tokens, { kind: 'end', text: 'end of query string', offset }]
}

export function failAt(query: string, offset: number, reason: string): never {
  const lines = query.slice(0, offset).split('\n')
  const place = `position ${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`
  fail(1501, `AQL: syntax error, ${reason} near '${query.slice(offset, offset + 30)}' at ${place} (while parsing)`)
}

function tokenOf(group: string, text: string, offset: number): Token | null {
  switch (group) {
    case 'space':
      return null
    case 'collectionBind':
      return { kind: group, text: text.slice(2), offset }
    case 'bind':
      return { kind: group, text: text.slice(1), offset }
    case 'string':
      return { kind: group, text: withoutEscapes(text.slice(1, -1)), offset }
    case 'quoted':
      return { kind: 'name', text: text.slice(1, -1), offset }
    case 'name': {
      const capitals = text.toUpperCase()
      return keywords.has(capitals) ? { kind: 'keyword', text: capitals, offset } : { kind: 'name', text, offset }
    }
    default:
      return { kind: group === 'number' ? 'number' : 'operator', text, offset }
  }
}

function withoutEscapes(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, code: string | undefined, character: string) =>
    code === undefined ? (escapes[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
  )
}
