import { tokenise } from './lexer.ts'
import { isSign, isSignificant, isWord, type Token } from './token.ts'

/** One statement of a text, as it is sent: without the semicolon and the comments around it. */
export interface SqlStatement {
  readonly text: string
  /** Offset of its first token in the text. */
  readonly start: number
  readonly end: number
  /** The tokens that the parser sees; their offsets are those of the whole text. */
  readonly tokens: readonly Token[]
}

/** A text that cannot be split. `at` is the offset where what is not closed begins. */
export class UnclosedToken extends Error {
  readonly at: number

  constructor(token: Token) {
    const what = token.text.startsWith('/*')
      ? 'a comment'
      : /^["`\u201c]/.test(token.text)
        ? 'a quoted name'
        : 'a string'
    super(`${what} is not closed`)
    this.at = token.start
  }
}

/**
 * Splits a text at its semicolons. The data of `INSERT … FORMAT X` is no SQL and is not looked into: it ends with the text, or at
 * a line that holds nothing but a semicolon. @throws UnclosedToken
 */
export function splitStatements(sql: string): SqlStatement[] {
  const statements: SqlStatement[] = []
  let rest = 0
  while (rest < sql.length) {
    const found = nextStatement(sql, rest)
    if (found.statement !== null) statements.push(found.statement)
    rest = found.next
  }
  return statements
}

function nextStatement(sql: string, from: number): { statement: SqlStatement | null; next: number } {
  const tokens: Token[] = []
  for (const token of tokensFrom(sql, from)) {
    if (token.kind === 'unclosed') throw new UnclosedToken(token)
    if (isSign(token, ';')) return { statement: toStatement(sql, tokens), next: token.end }
    if (!isSignificant(token)) continue
    tokens.push(token)
    if (beginsData(tokens)) {
      const end = endOfData(sql, token.end)
      const first = tokens[0]?.start ?? from
      const statement = { text: sql.slice(first, end.data).trimEnd(), start: first, end: end.data, tokens }
      return { statement, next: end.next }
    }
  }
  return { statement: toStatement(sql, tokens), next: sql.length }
}

function tokensFrom(sql: string, from: number): Token[] {
  return tokenise(sql.slice(from)).map((token) => ({ ...token, start: token.start + from, end: token.end + from }))
}

function toStatement(sql: string, tokens: readonly Token[]): SqlStatement | null {
  const [first, last] = [tokens[0], tokens.at(-1)]
  if (first === undefined || last === undefined) return null
  return { text: sql.slice(first.start, last.end), start: first.start, end: last.end, tokens }
}

/** Whether an INSERT's tokens end in `FORMAT X`; the values of FORMAT Values are SQL again. */
function beginsData(tokens: readonly Token[]): boolean {
  const [format, name] = tokens.slice(-2)
  if (!isWord(tokens[0], 'INSERT') || !isWord(format, 'FORMAT') || name?.kind !== 'word') return false
  // INSERT … SELECT … FORMAT asks for nothing to be read.
  return !isWord(name, 'VALUES') && !tokens.some((token) => isWord(token, 'SELECT', 'VALUES'))
}

function endOfData(sql: string, from: number): { data: number; next: number } {
  const mark = /^[ \t]*;[ \t]*\r?$/gm
  mark.lastIndex = from
  const found = mark.exec(sql)
  return found === null ? { data: sql.length, next: sql.length } : { data: found.index, next: mark.lastIndex }
}

/** The line, from 1, of an offset. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length
