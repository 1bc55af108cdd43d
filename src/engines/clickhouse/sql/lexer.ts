import type { Token, TokenKind } from './token.ts'

// What ClickHouse's own lexer takes (src/Parsers/Lexer.cpp): both ways to escape a quote, in all three kinds of quotes; comments
// behind --, //, "# " and "#!"; numbers that may hold letters; ->, :: and the like as one sign.
const pattern =
  /(?<space>[\s\u200b-\u200d\u2060\ufeff]+)|(?<comment>(?:--|\/\/|#[ !])[^\n]*)|(?<string>'(?:[^'\\]|\\[\s\S]|'')*'(?!')|\u2018[^\u2019]*\u2019|[xX]'[\da-fA-F]*'|[bB]'[01]*')|(?<quoted>"(?:[^"\\]|\\[\s\S]|"")*"(?!")|`(?:[^`\\]|\\[\s\S]|``)*`(?!`)|\u201c[^\u201d]*\u201d)|(?<number>0[xX][\da-fA-F][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?\d*)?|0[bB][01][\d_]*(?:\.[\d_]*)?|\d[\d_]*(?:\.(?:\d[\d_]*)?)?(?:[eE][+-]?\d*)?|\.\d[\d_]*(?:[eE][+-]?\d*)?)|(?<word>(?![xXbB]')[A-Za-z_][\w$]*|\$\w[\w$]*)|(?<sign>->|::|<=>|<=|>=|<>|!=|==|\|\||@@|\\G|[\s\S])/y

const digits = /\d+(?:_\d+)*/y
const wordRest = /\w+/y

/** Takes a text apart. What is not closed, a string, a comment or a quoted name, is one `unclosed` token up to the end. */
export function tokenise(sql: string): Token[] {
  const tokens: Token[] = []
  let previous: Token | undefined
  for (let at = 0; at < sql.length; ) {
    const token = tokenAt(sql, at, previous)
    tokens.push(token)
    if (token.kind !== 'space' && token.kind !== 'comment') previous = token
    at = token.end
  }
  return tokens
}

function tokenAt(sql: string, start: number, previous: Token | undefined): Token {
  const make = (kind: TokenKind, end: number): Token => ({ kind, text: sql.slice(start, end), start, end })
  if (sql.startsWith('/*', start)) {
    const end = endOfComment(sql, start)
    return end === null ? make('unclosed', sql.length) : make('comment', end)
  }
  const heredoc = sql[start] === '$' ? endOfHeredoc(sql, start) : null
  if (heredoc !== null) return make('heredoc', heredoc)
  if (sql[start] === '.' && endsOperand(previous)) return make('sign', start + 1)
  // x.1.1 is an element of an element of a tuple, and no number 1.1.
  const member = previous?.kind === 'sign' && previous.text === '.' ? matchEnd(digits, sql, start) : null
  if (member !== null) return numberOrWord(sql, start, member)
  pattern.lastIndex = start
  const groups = pattern.exec(sql)?.groups ?? {}
  const kind = (Object.keys(groups) as TokenKind[]).find((name) => groups[name] !== undefined) ?? 'sign'
  const text = groups[kind] ?? ''
  // No letter is a sign, but that of x'… and b'… with something else in them.
  if (kind === 'sign' && /^['"`\u2018\u201cA-Za-z]$/.test(text)) return make('unclosed', sql.length)
  const isWhole = kind === 'number' && !text.startsWith('.')
  return isWhole ? numberOrWord(sql, start, start + text.length) : make(kind, start + text.length)
}

/** A number that letters follow is a name, such as 1st. */
function numberOrWord(sql: string, start: number, numberEnd: number): Token {
  const end = matchEnd(wordRest, sql, numberEnd)
  const text = sql.slice(start, end ?? numberEnd)
  const kind = end !== null && /^\w+$/.test(text) ? 'word' : 'number'
  return { kind, text, start, end: start + text.length }
}

/** Behind these a dot leads to a member; elsewhere it begins a number. */
function endsOperand(token: Token | undefined): boolean {
  return (
    token !== undefined && (/^(?:word|quoted|number)$/.test(token.kind) || token.text === ')' || token.text === ']')
  )
}

function matchEnd(expression: RegExp, text: string, at: number): number | null {
  expression.lastIndex = at
  return expression.test(text) ? expression.lastIndex : null
}

/** Block comments nest. */
function endOfComment(sql: string, from: number): number | null {
  const mark = /\/\*|\*\//g
  mark.lastIndex = from
  let depth = 0
  for (let found = mark.exec(sql); found !== null; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1
    if (depth === 0) return mark.lastIndex
  }
  return null
}

/** `$tag$ … $tag$`; a dollar that opens none is part of a word. */
function endOfHeredoc(sql: string, from: number): number | null {
  const tagEnd = sql.indexOf('$', from + 1)
  if (tagEnd === -1) return null
  const tag = sql.slice(from, tagEnd + 1)
  if (!/^\$\w*\$$/.test(tag)) return null
  const end = sql.indexOf(tag, tagEnd + 1)
  return end === -1 ? null : end + tag.length
}
