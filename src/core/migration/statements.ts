/** One statement of an SQL text. */
export interface Statement {
  /** Offset of its first word, behind blanks and comments. */
  readonly start: number
  /** Its first words in lower case, enough to tell what kind of statement it is. */
  readonly words: readonly string[]
}

const most = 4

const token =
  /(?<blank>\s+|--[^\n]*)|(?<quoted>[eE]'(?:[^'\\]+|\\[\s\S]|'')*'|'[^']*(?:''[^']*)*'|"[^"]*(?:""[^"]*)*")|(?<dollar>\$(?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)|(?<word>[a-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(?<sign>[\s\S])/giy

/**
 * Splits a text as psql does: at semicolons that stand neither in quotes, comments and parentheses nor in the BEGIN ATOMIC body
 * of a routine. What is no valid SQL is split somehow; PostgreSQL says what is wrong with it.
 */
export function statementsOf(sql: string): Statement[] {
  const statements: { start: number; words: string[] }[] = []
  let current: { start: number; words: string[] } | undefined
  let parentheses = 0
  let blocks = 0
  for (let at = 0; at < sql.length; ) {
    token.lastIndex = at
    const { blank, dollar, word, sign } = token.exec(sql)?.groups ?? {}
    const start = at
    at = token.lastIndex
    if (blank !== undefined) continue
    if (sign === '/' && sql[at] === '*') {
      at = endOfComment(sql, start)
      continue
    }
    if (sign === ';' && parentheses === 0 && blocks === 0) {
      current = undefined
      continue
    }
    if (current === undefined) {
      parentheses = 0
      current = { start, words: [] }
      statements.push(current)
    }
    if (dollar !== undefined) at = endOf(sql, dollar, at)
    else if (sign === '(') parentheses++
    else if (sign === ')') parentheses = Math.max(0, parentheses - 1)
    else if (word !== undefined) {
      const lower = word.toLowerCase()
      if (current.words.length < most) current.words.push(lower)
      if (isRoutine(current.words)) blocks = nested(blocks, lower)
    }
  }
  return statements
}

function endOf(sql: string, mark: string, from: number): number {
  const end = sql.indexOf(mark, from)
  return end === -1 ? sql.length : end + mark.length
}

/** PostgreSQL's block comments nest. */
function endOfComment(sql: string, from: number): number {
  const mark = /\/\*|\*\//g
  mark.lastIndex = from
  let depth = 0
  for (let found = mark.exec(sql); found !== null; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1
    if (depth === 0) return mark.lastIndex
  }
  return sql.length
}

function isRoutine([create, second, , fourth]: readonly string[]): boolean {
  const kind = second === 'or' ? fourth : second
  return create === 'create' && (kind === 'function' || kind === 'procedure')
}

function nested(blocks: number, word: string): number {
  if (word === 'begin' || (word === 'case' && blocks > 0)) return blocks + 1
  return word === 'end' ? Math.max(0, blocks - 1) : blocks
}

/** Whether a statement ends the transaction it runs in; ROLLBACK TO a savepoint does not. */
export function endsTransaction({ words: [first, second, third] }: Statement): boolean {
  if (first === 'rollback') return second !== 'to' && third !== 'to'
  return first === 'commit' || first === 'end' || first === 'abort' || (first === 'prepare' && second === 'transaction')
}
