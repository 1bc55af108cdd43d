// Each alternative also ends with the text, so that hostile input is read once and not once for every opening quote.
const silent = /'(?:[^']|'')*(?:'|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\$([A-Za-z_]\w*|)\$[\s\S]*?(?:\$\1\$|$)/g
const named =
  /\b(?:from|join|into|update)\s+(?:only\s+)?((?:[\w]+|"[^"]+"|`[^`]+`)(?:\s*\.\s*(?:[\w]+|"[^"]+"|`[^`]+`))*)/gi

/** The text without its strings and comments, which say nothing about what it is. */
export const withoutLiterals = (text: string): string => text.replace(silent, "''")

/**
 * Tables that a statement seems to name, without schema, in lower case unless quoted. A look at the text and no parse: enough to
 * choose an engine by, never to judge a statement by.
 * @param text without literals
 */
export function tablesNamed(text: string): ReadonlySet<string> {
  const tables = new Set<string>()
  for (const [, path = ''] of text.matchAll(named)) {
    const name = path.split('.').at(-1)?.trim() ?? ''
    tables.add(/^["`]/.test(name) ? name.slice(1, -1) : name.toLowerCase())
  }
  return tables
}
