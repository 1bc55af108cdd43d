import { isName, isSign, isWord, nameIn, type Token } from './token.ts'

/** A name in a statement, such as `orders` or `shop.orders`. */
export interface ObjectName {
  /** Null where it is not qualified. */
  readonly database: string | null
  readonly name: string
  readonly tokens: readonly Token[]
}

/** What a statement does, as far as its first words tell. */
export interface Head {
  /** In capitals, such as `CREATE`. */
  readonly verb: string
  /** In capitals, such as `TABLE` or `MATERIALIZED VIEW`; '' where the verb takes none. */
  readonly kind: string
  readonly names: readonly ObjectName[]
  /** Whether it has IF EXISTS or IF NOT EXISTS. */
  readonly conditional: boolean
  readonly orReplace: boolean
  /** The token behind which ON CLUSTER belongs; null where it does not or stands already. */
  readonly clusterAfter: Token | null
  /** Index of the first token behind all of that. */
  readonly rest: number
}

const kinds = ['TABLE', 'TABLES', 'VIEW', 'DICTIONARY', 'DICTIONARIES', 'DATABASE', 'FUNCTION', 'INDEX']
const takeObject = new Set([
  'CREATE',
  'DROP',
  'ALTER',
  'TRUNCATE',
  'DETACH',
  'ATTACH',
  'OPTIMIZE',
  'RENAME',
  'EXCHANGE',
  'REPLACE',
])

/** Reads the beginning of a statement; of one that names no table, database or the like only the verb. */
export function readHead(tokens: readonly Token[]): Head {
  const verb = tokens[0]?.kind === 'word' ? tokens[0].text.toUpperCase() : ''
  const reader = new Reader(tokens, 1)
  if (verb === 'INSERT') {
    reader.accept('INTO')
    reader.accept('TABLE')
    return headOf(verb, 'TABLE', reader, [reader.name()], { cluster: false })
  }
  if (verb === 'DELETE') {
    reader.accept('FROM')
    return headOf(verb, 'TABLE', reader, [reader.name()], { cluster: true })
  }
  if (!takeObject.has(verb)) return empty(verb)
  const orReplace = reader.accept('OR') && reader.accept('REPLACE')
  reader.accept('TEMPORARY')
  const kind = readKind(verb, reader)
  if (kind === null) return empty(verb)
  const conditional = reader.condition()
  const names = readNames(verb, kind, reader)
  return headOf(verb, kind, reader, names, { cluster: true, conditional, orReplace })
}

const empty = (verb: string): Head => ({
  verb,
  kind: '',
  names: [],
  conditional: false,
  orReplace: false,
  clusterAfter: null,
  rest: 1,
})

function headOf(
  verb: string,
  kind: string,
  reader: Reader,
  names: readonly (ObjectName | null)[],
  { cluster, conditional = false, orReplace = false }: { cluster: boolean; conditional?: boolean; orReplace?: boolean },
): Head {
  const known = names.filter((name) => name !== null)
  const last = known.length === 0 ? undefined : reader.previous()
  const clusterAfter = cluster && last !== undefined && !reader.onCluster() ? last : null
  return { verb, kind, names: known, conditional, orReplace, clusterAfter, rest: reader.position }
}

function readKind(verb: string, reader: Reader): string | null {
  const prefix = ['MATERIALIZED', 'LIVE', 'WINDOW'].find((word) => reader.accept(word))
  const kind = kinds.find((word) => reader.accept(word))
  if (kind !== undefined)
    return prefix === undefined ? kind.replace(/^(TABLE|DICTIONAR)(S|IES)$/, singular) : `${prefix} ${kind}`
  return verb === 'TRUNCATE' ? 'TABLE' : null
}

const singular = (_: string, stem: string): string => (stem === 'TABLE' ? 'TABLE' : 'DICTIONARY')

function readNames(verb: string, kind: string, reader: Reader): (ObjectName | null)[] {
  const names = [reader.name()]
  if (kind === 'INDEX') {
    reader.accept('ON')
    return [reader.name()]
  }
  if (verb === 'CREATE' && reader.accept('UUID')) reader.skip()
  for (;;) {
    const separated = verb === 'RENAME' || verb === 'EXCHANGE' ? reader.accept('TO') || reader.accept('AND') : false
    const listed = !separated && verb !== 'ALTER' && verb !== 'CREATE' && reader.acceptSign(',')
    if (!separated && !listed) return names
    names.push(reader.name())
  }
}

class Reader {
  readonly #tokens: readonly Token[]
  position: number

  constructor(tokens: readonly Token[], position: number) {
    this.#tokens = tokens
    this.position = position
  }

  accept(word: string): boolean {
    if (!isWord(this.#tokens[this.position], word)) return false
    this.position += 1
    return true
  }

  acceptSign(sign: string): boolean {
    if (!isSign(this.#tokens[this.position], sign)) return false
    this.position += 1
    return true
  }

  skip(): void {
    this.position += 1
  }

  condition(): boolean {
    if (!this.accept('IF')) return false
    if (this.accept('EMPTY')) return false
    this.accept('NOT')
    return this.accept('EXISTS')
  }

  /** A name, or `{name:Identifier}` in place of one of its parts. */
  name(): ObjectName | null {
    const first = this.#part()
    if (first === null) return null
    const second = this.acceptSign('.') ? this.#part() : null
    const last = second ?? first
    return {
      database: second === null ? null : first.name,
      name: last.name,
      tokens: [...first.tokens, ...(second?.tokens ?? [])],
    }
  }

  #part(): { name: string; tokens: readonly Token[] } | null {
    const token = this.#tokens[this.position]
    if (isSign(token, '{')) {
      const from = this.position
      while (this.position < this.#tokens.length && !isSign(this.#tokens[this.position], '}')) this.position += 1
      this.position += 1
      const tokens = this.#tokens.slice(from, this.position)
      return { name: tokens.map(({ text }) => text).join(''), tokens }
    }
    if (token === undefined || !isName(token)) return null
    this.position += 1
    return { name: nameIn(token), tokens: [token] }
  }

  previous(): Token | undefined {
    return this.#tokens[this.position - 1]
  }

  onCluster(): boolean {
    return isWord(this.#tokens[this.position], 'ON') && isWord(this.#tokens[this.position + 1], 'CLUSTER')
  }
}
