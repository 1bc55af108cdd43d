/** The line of a position in a text, from 1. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/**
 * The lines on which the elements of the array at the top-level key `key` begin. `text` is JSON that has been read already.
 */
export function elementLines(text: string, key: string): number[] {
  const lines: number[] = []
  let depth = 0
  let isInside = false
  let isFresh = false
  let name = ''
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (/\s/.test(character)) continue
    if (depth === 2 && isInside && isFresh && character !== ']') {
      lines.push(lineAt(text, at))
      isFresh = false
    }
    if (character === '"') {
      const end = endOfString(text, at)
      if (depth === 1) name = text.slice(at + 1, end)
      at = end
    } else if (character === '[' || character === '{') {
      depth += 1
      if (depth === 2 && character === '[' && name === key) [isInside, isFresh] = [true, true]
    } else if (character === ']' || character === '}') {
      depth -= 1
      if (depth === 1) isInside = false
    } else if (character === ',' && depth === 2) {
      isFresh = true
    }
  }
  return lines
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') at += 1
    else if (text.charAt(at) === '"') return at
  }
  return text.length
}
