/** A statement whose parameters have numbers, and the names that they had, in that order. */
export interface Numbered {
  readonly text: string
  readonly names: readonly string[]
}

// What is no code: strings, quoted names, comments, and the two colons of a cast.
const dollars =
  /\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]\w*|)\$[\s\S]*?\$\1\$|::|:([A-Za-z_]\w*)/g
const braces =
  /'(?:[^'\\]|\\[\s\S]|'')*'|`(?:[^`\\]|\\[\s\S])*`|"(?:[^"\\]|\\[\s\S])*"|--[^\n]*|\/\*[\s\S]*?\*\/|\{\s*(\w+)(?=\s*:)/g

/** `:name` becomes `$1`; what is not in `known` stays, such as the bound of a slice. */
export const numberDollars = (text: string, known: ReadonlySet<string>): Numbered =>
  numbered(text, dollars, known, 2, (number) => `$${number}`)

/** `{name:Type}` becomes `{p1:Type}`. */
export const numberBraces = (text: string, known: ReadonlySet<string>): Numbered =>
  numbered(text, braces, known, 1, (number) => `{p${number}`)

function numbered(
  text: string,
  pattern: RegExp,
  known: ReadonlySet<string>,
  group: number,
  written: (number: number) => string,
): Numbered {
  const names: string[] = []
  const changed = text.replace(pattern, (...found) => {
    const [whole, name] = [found[0] as string, found[group] as string | undefined]
    if (name === undefined || !known.has(name)) return whole
    if (!names.includes(name)) names.push(name)
    return written(names.indexOf(name) + 1)
  })
  return { text: changed, names }
}
