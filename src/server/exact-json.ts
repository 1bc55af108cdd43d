interface RawNumber {
  readonly rawJSON: string
}

// Of ES2026; TypeScript has no types of it yet.
const exact = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown
  rawJSON(text: string): unknown
  isRawJSON(value: unknown): value is RawNumber
}

export const isRawNumber: (value: unknown) => value is RawNumber = exact.isRawJSON

// A number that a double may not write back as it was read.
const inexact = /\d[.eE]|\d{16}|-0/

/** Whether the text may have numbers that need `parseExactly`, which takes several times as long as `JSON.parse`. */
export const mayLoseDigits = (text: string): boolean => inexact.test(text)

/** Parses so that `JSON.stringify` writes every number as it stood there: a double has 53 bits. @throws SyntaxError */
export const parseExactly = (text: string): unknown =>
  exact.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined ? exact.rawJSON(source) : value,
  )
