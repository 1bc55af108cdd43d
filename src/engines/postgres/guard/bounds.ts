import { scanSync } from 'libpg-query'

/** Up to so many characters no nesting can exhaust the stack of the parser, which is compiled to WebAssembly and does not survive that. */
const harmlessLength = 4_096
const longest = 262_144
const deepestBrackets = 300
const longestChain = 2_000

const [open, close, comma, openSquare, closeSquare] = [40, 41, 44, 91, 93]
const values: ReadonlySet<string> = new Set(['ICONST', 'FCONST', 'SCONST', 'BCONST', 'XCONST', 'PARAM'])
const joining: ReadonlySet<string> = new Set(['union', 'intersect', 'except', 'join'])

/**
 * Why a text is not given to the parser, or null. The depth of a tree is at most the sum, over the brackets that are open, of
 * what stands in them since their last comma; set operations and joins nest over commas too.
 * @throws whatever the scanner refuses, with its position
 */
export function beyondBounds(text: string): string | null {
  if (text.length <= harmlessLength) return null
  if (text.length > longest) return `it is longer than ${longest} characters`
  const chains = [0]
  let sum = 0
  let joined = 0
  for (const { tokenType, tokenName, text: token } of scanSync(text).tokens) {
    if (tokenType === open || tokenType === openSquare) {
      chains.push(0)
      if (chains.length > deepestBrackets) return `its brackets are nested deeper than ${deepestBrackets}`
    } else if (tokenType === close || tokenType === closeSquare) {
      sum -= chains.length > 1 ? (chains.pop() ?? 0) : 0
    } else if (tokenType === comma) {
      sum -= chains[chains.length - 1] ?? 0
      chains[chains.length - 1] = 0
    } else if (!values.has(tokenName)) {
      chains[chains.length - 1] = (chains[chains.length - 1] ?? 0) + 1
      sum += 1
      if (joining.has(token.toLowerCase())) joined += 1
    }
    if (sum > longestChain || joined > longestChain / 4) return 'it is nested too deep'
  }
  return null
}
