import { tokenise } from '../sql/lexer.ts'
import { quoteName, quoteString } from '../sql/quote.ts'
import { isSign, isSignificant, nameIn, type Token } from '../sql/token.ts'

/** A definition without the database's own name, and with `{company}` where the company's stands. */
export function normalise(written: readonly Token[], database: string, company: string): Token[] {
  const kept: Token[] = []
  const tokens = withoutReplication(written)
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index]
    if (token === undefined) continue
    const isOwn = (token.kind === 'word' || token.kind === 'quoted') && nameIn(token) === database
    if (isOwn && isSign(tokens[index + 1], '.')) index += 1
    else kept.push(company === '' ? token : { ...token, text: withoutCompany(token, database, company) })
  }
  return kept
}

/** A replicated table reads as the local one that the migration has written: its path differs from table to table. */
function withoutReplication(tokens: readonly Token[]): readonly Token[] {
  const at = tokens.findIndex(({ kind, text }) => kind === 'word' && /^Replicated\w*MergeTree$/.test(text))
  const engine = tokens[at]
  if (engine === undefined) return tokens
  const local = { ...engine, text: engine.text.slice('Replicated'.length) }
  const [open, path, comma, replica, next] = tokens.slice(at + 1)
  const hasPath = isSign(open, '(') && path?.kind === 'string' && isSign(comma, ',') && replica?.kind === 'string'
  if (!hasPath || open === undefined) return tokens.with(at, local)
  const behind = isSign(next, ',') ? [open, ...tokens.slice(at + 6)] : tokens.slice(at + 6)
  return [...tokens.slice(0, at), local, ...behind]
}

function withoutCompany({ kind, text }: Token, database: string, company: string): string {
  if (kind === 'string' && text === quoteString(company)) return "'{company}'"
  if (kind === 'string' && text === quoteString(database)) return "'tenant_{company}'"
  return text === database || text === quoteName(database) ? 'tenant_{company}' : text
}

/** With single blanks, however it was written. */
export function textOf(tokens: readonly Token[]): string {
  let text = ''
  let previous: Token | undefined
  for (const token of tokens) {
    const close = previous === undefined || /^[).,\]]$/.test(token.text) || /^[(.[]$/.test(previous.text)
    const call = token.text === '(' && previous?.kind === 'word'
    text += close || call ? token.text : ` ${token.text}`
    previous = token
  }
  return text
}

export const significantTokens = (sql: string): Token[] => tokenise(sql).filter(isSignificant)
