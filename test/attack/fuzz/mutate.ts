import type { Random } from './random.ts'

const pieces = /\s+|'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|./gsu
const spice = [
  '/* */',
  '--\n',
  '(',
  ')',
  ',',
  ';',
  ' union all ',
  ' limit 1',
  '::text',
  ' as x',
  ' where true',
  '*',
  '"',
  `'`,
  '$1',
  '\u200b',
  'U&"notes"',
  ' for update',
]

/** One of the corpus' statements, changed in a few places. */
export function mutate(random: Random, corpus: readonly string[]): string {
  let tokens = tokensOf(random.pick(corpus))
  for (let left = 1 + random.below(4); left > 0; left -= 1) tokens = random.pick(changes)(tokens, random, corpus)
  return tokens.join('')
}

type Change = (tokens: string[], random: Random, corpus: readonly string[]) => string[]

const tokensOf = (sql: string): string[] => sql.match(pieces) ?? []
const at = (tokens: readonly string[], random: Random): number => random.below(tokens.length + 1)

const changes: readonly Change[] = [
  (tokens, random) => tokens.toSpliced(at(tokens, random), 1),
  (tokens, random) => tokens.toSpliced(at(tokens, random), 0, random.pick(spice)),
  (tokens, random) => {
    const place = at(tokens, random)
    return tokens.toSpliced(place, 0, ...tokens.slice(place, place + 3))
  },
  (tokens, random, corpus) => {
    const other = tokensOf(random.pick(corpus))
    return [...tokens.slice(0, at(tokens, random)), ' ', ...other.slice(at(other, random))]
  },
  (tokens, random, corpus) => {
    const other = tokensOf(random.pick(corpus))
    return tokens.toSpliced(at(tokens, random), 1, other[random.below(other.length)] ?? '')
  },
  (tokens, random) => tokens.map((token) => (random.chance(0.1) ? token.toUpperCase() : token)),
  (tokens, random) => tokens.map((token) => (/^\s+$/.test(token) && random.chance(0.3) ? '/* x */' : token)),
  (tokens, random) => tokens.map((token) => (/^[a-z_]+$/.test(token) && random.chance(0.05) ? `"${token}"` : token)),
  (tokens) => ['select * from (', ...tokens, ') x'],
  (tokens) => ['with x as (', ...tokens, ') select * from x'],
]
