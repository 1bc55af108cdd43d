const blank = /[ \t\n\r\f\v(]+/y
const lineComment = /--[^\n\r]*/y
const word = /[a-z_][\w$]*/iy

/**
 * The first word of a statement in lower case, behind blanks, comments and opening brackets; '' where there is none. Block
 * comments nest, as in PostgreSQL.
 */
export function leadingKeyword(text: string): string {
  let at = 0
  for (;;) {
    const next = skip(blank, text, at) ?? skip(lineComment, text, at) ?? skipBlockComment(text, at)
    if (next === undefined) break
    at = next
  }
  word.lastIndex = at
  return word.exec(text)?.[0].toLowerCase() ?? ''
}

function skip(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : undefined
}

function skipBlockComment(text: string, start: number): number | undefined {
  if (!text.startsWith('/*', start)) return undefined
  let depth = 0
  for (let at = start; at < text.length; ) {
    if (text.startsWith('/*', at)) depth += 1
    else if (text.startsWith('*/', at)) depth -= 1
    else {
      at += 1
      continue
    }
    at += 2
    if (depth === 0) return at
  }
  return text.length
}
