/**
 * On which line each member of the arrays at the top of a JSON object begins, from 1: for `{"up": [a, b]}` those of a and b under
 * `up`. `text` is valid JSON.
 */
export function memberLines(text: string): ReadonlyMap<string, readonly number[]> {
  const lines = new Map<string, number[]>()
  let depth = 0
  let line = 1
  let key = ''
  let awaitsMember = false
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index] ?? ''
    if (letter === '\n') line += 1
    if (/\s/.test(letter)) continue
    if (awaitsMember && letter !== ']') lines.set(key, [...(lines.get(key) ?? []), line])
    awaitsMember = false
    if (letter === '"') {
      const end = endOfText(text, index)
      if (depth === 1) key = JSON.parse(text.slice(index, end + 1)) as string
      index = end
    } else if (letter === '{' || letter === '[') {
      depth += 1
      awaitsMember = depth === 2 && letter === '['
    } else if (letter === '}' || letter === ']') depth -= 1
    else if (letter === ',') awaitsMember = depth === 2 && lines.has(key)
  }
  return lines
}

/** Where the quotation mark stands that ends the text which begins at `start`. */
function endOfText(text: string, start: number): number {
  let index = start + 1
  while (text[index] !== '"') index += text[index] === '\\' ? 2 : 1
  return index
}
