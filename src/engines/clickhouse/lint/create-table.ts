import type { Head } from '../sql/head.ts'
import type { SqlStatement } from '../sql/statement.ts'
import { isName, isSign, isWord, nameIn, type Token } from '../sql/token.ts'
import { matching, splitAtCommas } from '../structure/definition.ts'

export interface Column {
  readonly name: string
  /** The type's tokens, and whatever follows them. */
  readonly tokens: readonly Token[]
}

export interface TableDefinition {
  readonly name: string
  readonly columns: readonly Column[]
  /** Such as `ReplacingMergeTree`; '' where the statement names none. */
  readonly engine: string
  /** Null where there is no such clause. */
  readonly orderBy: readonly Token[] | null
  readonly partitionBy: readonly Token[] | null
  readonly ttl: readonly Token[] | null
  readonly settings: readonly Token[] | null
}

const clauses = [
  ['ENGINE'],
  ['ORDER', 'BY'],
  ['PARTITION', 'BY'],
  ['PRIMARY', 'KEY'],
  ['SAMPLE', 'BY'],
  ['TTL'],
  ['SETTINGS'],
  ['COMMENT'],
  ['AS'],
] as const

/** What a CREATE TABLE, or a materialised view with an engine of its own, makes. */
export function readTable({ tokens }: SqlStatement, { names, rest }: Head): TableDefinition {
  const open = isSign(tokens[rest], '(') ? rest : -1
  const close = open === -1 ? rest - 1 : matching(tokens, open)
  const elements = open === -1 ? [] : splitAtCommas(tokens.slice(open + 1, close))
  const found = clausesIn(tokens.slice(close + 1))
  return {
    name: names[0]?.name ?? '',
    columns: elements.flatMap(columnIn),
    engine: found.get('ENGINE')?.find(({ kind }) => kind === 'word')?.text ?? '',
    orderBy: found.get('ORDER BY') ?? null,
    partitionBy: found.get('PARTITION BY') ?? null,
    ttl: found.get('TTL') ?? null,
    settings: found.get('SETTINGS') ?? null,
  }
}

function columnIn(tokens: readonly Token[]): Column[] {
  const [first] = tokens
  if (first === undefined || !isName(first)) return []
  if (isWord(first, 'INDEX', 'CONSTRAINT', 'PROJECTION') && tokens.length > 2 && isName(tokens[1])) return []
  return [{ name: nameIn(first), tokens: tokens.slice(1) }]
}

function clausesIn(tokens: readonly Token[]): Map<string, Token[]> {
  const found = new Map<string, Token[]>()
  let current: Token[] | undefined
  let depth = 0
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index]
    if (token === undefined) break
    if (isSign(token, '(')) depth += 1
    if (isSign(token, ')')) depth -= 1
    const clause =
      depth === 0 ? clauses.find((words) => words.every((word, at) => isWord(tokens[index + at], word))) : undefined
    if (clause === undefined) current?.push(token)
    else {
      if (clause[0] === 'AS') break
      current = []
      found.set(clause.join(' '), current)
      index += clause.length - 1
    }
  }
  return found
}

/** The names in a key, such as `company_id` and `time` of `(company_id, toYYYYMM(time))`. */
export const namesIn = (tokens: readonly Token[]): string[] =>
  tokens.flatMap((token, index) => (isName(token) && !isSign(tokens[index + 1], '(') ? [nameIn(token)] : []))

export const isMergeTree = ({ engine }: TableDefinition): boolean => engine.endsWith('MergeTree')
