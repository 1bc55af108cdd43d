export type AqlTokenKind = 'name' | 'quoted' | 'bind' | 'string' | 'number' | 'sign' | 'unknown'

export interface AqlToken {
  readonly kind: AqlTokenKind
  /** As it stands there, quotes included. */
  readonly text: string
}

// Source: aql.ll of ArangoDB. What is not closed is unknown, and ends the text.
const pattern = new RegExp(
  [
    String.raw`(?<space>\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)`,
    String.raw`(?<string>"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')`,
    String.raw`(?<quoted>\x60(?:[^\x60\\]|\\[\s\S])*\x60|´(?:[^´\\]|\\[\s\S])*´)`,
    '(?<bind>@@?[A-Za-z0-9_]+)',
    String.raw`(?<name>\$?[A-Za-z_][A-Za-z0-9_]*)`,
    String.raw`(?<number>\d[\w.]*)`,
    String.raw`(?<sign>::|\.\.|[-+*\/%<>=!?:,.()[\]{}&|~])`,
    String.raw`(?<unknown>[\s\S]+)`,
  ].join('|'),
  'gy',
)

/** Splits AQL, comments and blanks left out. */
export function tokenise(text: string): readonly AqlToken[] {
  const tokens: AqlToken[] = []
  for (const match of text.matchAll(pattern)) {
    const [kind] = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined) ?? []
    if (kind === undefined || kind === 'space') continue
    tokens.push({ kind: kind as AqlTokenKind, text: match[0] })
  }
  return tokens
}
