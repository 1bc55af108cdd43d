export type TokenKind = 'space' | 'comment' | 'word' | 'number' | 'string' | 'quoted' | 'heredoc' | 'sign' | 'unclosed'

/** A piece of SQL; the pieces of a text put together are the text. */
export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** Offset in UTF-16 code units. */
  readonly start: number
  readonly end: number
}

/** Whether the parser sees it; blanks and comments it does not. */
export const isSignificant = ({ kind }: Token): boolean => kind !== 'space' && kind !== 'comment'

/** Whether it is this keyword, in whichever case. */
export function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toUpperCase())
}

export const isSign = (token: Token | undefined, sign: string): boolean => token?.kind === 'sign' && token.text === sign

export const isName = (token: Token | undefined): boolean => token?.kind === 'word' || token?.kind === 'quoted'

/** What an identifier names, without its quotes. */
export function nameIn(token: Token): string {
  if (token.kind !== 'quoted') return token.text
  const quote = token.text.at(-1) ?? ''
  const inside = token.text.slice(1, -1)
  return inside.replaceAll(quote + quote, quote).replaceAll(/\\([\s\S])/g, '$1')
}
