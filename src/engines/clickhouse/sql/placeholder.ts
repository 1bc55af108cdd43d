import { applyEdits, type Edit } from './edit.ts'
import { quoteName, quoteString } from './quote.ts'
import type { SqlStatement } from './statement.ts'
import { isSign, isWord, type Token } from './token.ts'

/** `{database:Identifier}` in a statement. */
export interface Placeholder {
  readonly name: string
  /** In lower case, such as `identifier`. */
  readonly type: string
  readonly start: number
  readonly end: number
}

export function placeholdersIn(tokens: readonly Token[]): Placeholder[] {
  return tokens.flatMap((token, index) => {
    const [name, colon, type, close] = tokens.slice(index + 1, index + 5)
    if (!isSign(token, '{') || name?.kind !== 'word' || !isSign(colon, ':')) return []
    if (type?.kind !== 'word' || close === undefined || !isSign(close, '}')) return []
    return [{ name: name.text, type: type.text.toLowerCase(), start: token.start, end: close.end }]
  })
}

/**
 * Whether the server may fill in the values. It keeps those of a definition unfilled (a view with a parameter becomes a view that
 * asks for one), so there dbsvc writes them.
 */
export const takesParameters = ([first]: readonly Token[]): boolean => !isWord(first, 'CREATE', 'ATTACH', 'REPLACE')

/** Writes the values into the text, each as its type asks. */
export function fillIn(statement: SqlStatement, values: Readonly<Record<string, string>>): string {
  const edits = placeholdersIn(statement.tokens).flatMap(({ name, type, start, end }): Edit[] => {
    const value = values[name]
    if (value === undefined) return []
    return [{ start, end, text: type === 'identifier' ? quoteName(value) : quoteString(value) }]
  })
  return applyEdits(statement.text, edits, statement.start)
}
