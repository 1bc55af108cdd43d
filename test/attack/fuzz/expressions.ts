import { hostileCalls } from './hostile.ts'
import type { Random } from './random.ts'

export type Kind = 'text' | 'int' | 'numeric' | 'time' | 'json' | 'bool'

export interface Column {
  readonly name: string
  readonly kind: Kind
}

/** Columns that an expression may use, with the alias of their relation in front. */
export interface Scope {
  readonly columns: readonly Column[]
  /** A query whose one column is of this kind. */
  subquery(kind: Kind): string
}

const kinds: readonly Kind[] = ['text', 'int', 'numeric', 'time', 'json', 'bool']
const texts = [`'own_u1'`, `'EURUSD'`, `''`, `'company_xyz'`, `'company_abc'`, `'a%'`, `'free'`]

/** An expression of any kind. */
export const anything = (random: Random, scope: Scope, depth: number): { kind: Kind; sql: string } => {
  const kind = random.pick(kinds)
  return { kind, sql: expression(random, scope, kind, depth) }
}

/** Total: it fails for no value, so that two databases which differ in foreign rows alone answer alike. */
export function expression(random: Random, scope: Scope, kind: Kind, depth: number): string {
  const own = scope.columns.filter((column) => column.kind === kind)
  if (depth <= 0 || random.chance(0.45))
    return own.length > 0 && random.chance(0.8) ? random.pick(own).name : literal(random, kind)
  if (random.chance(0.04)) return random.pick(hostileCalls)
  if (random.chance(0.06)) return `(${scope.subquery(kind)} limit 1)`
  const sub = (of: Kind): string => expression(random, scope, of, depth - 1)
  if (random.chance(0.1)) return `case when ${sub('bool')} then ${sub(kind)} else ${sub(kind)} end`
  if (random.chance(0.08)) return `coalesce(${sub(kind)}, ${sub(kind)})`
  return random.pick(makers[kind])(sub, random)
}

type Maker = (sub: (kind: Kind) => string, random: Random) => string

const makers: Readonly<Record<Kind, readonly Maker[]>> = {
  text: [
    (sub) => `lower(${sub('text')})`,
    (sub) => `(${sub('text')} || ${sub('text')})`,
    (sub) => `left(${sub('text')}, ${3})`,
    (sub) => `md5(${sub('text')})`,
    (sub) => `${sub('json')}::text`,
    (sub) => `(${sub('int')})::text`,
    (sub) => `concat_ws(',', ${sub('text')}, ${sub('int')}, ${sub('bool')})`,
    (sub) => `replace(${sub('text')}, ${sub('text')}, 'x')`,
    (sub) => `jsonb_typeof(${sub('json')})`,
    () => `current_setting('app.current_company_id')`,
  ],
  int: [
    (sub) => `length(${sub('text')})`,
    (sub) => `(abs(${sub('int')} % 1000) + 1)`,
    (sub) => `strpos(${sub('text')}, ${sub('text')})`,
    (sub) => `(${sub('bool')})::int`,
    (sub) => `ascii(${sub('text')})`,
    (sub) => `greatest(${sub('int')}, ${sub('int')})`,
    (sub) => `num_nulls(${sub('text')}, ${sub('int')}, ${sub('time')})`,
  ],
  numeric: [
    (sub) => `round((${sub('numeric')})::numeric, 2)`,
    (sub) => `sign((${sub('numeric')})::numeric)`,
    (sub) => `(${sub('int')})::numeric`,
    (sub) => `extract(day from ${sub('time')})`,
    (sub) => `least(${sub('numeric')}, ${sub('numeric')})`,
  ],
  time: [(sub) => `date_trunc('day', ${sub('time')})`, (sub) => `greatest(${sub('time')}, ${sub('time')})`],
  json: [
    (sub) => `jsonb_build_object('a', ${sub('text')}, 'b', ${sub('int')})`,
    (sub) => `to_jsonb(${sub('text')})`,
    (sub) => `jsonb_build_array(${sub('bool')}, ${sub('numeric')})`,
    (sub) => `(${sub('json')} -> 'a')`,
  ],
  bool: [
    (sub, random) => `(${sub('text')} ${random.pick(['=', '<>', '<', '>=', 'like', '~~*'])} ${sub('text')})`,
    (sub, random) => `(${sub('int')} ${random.pick(['=', '<', '>', '<>'])} ${sub('int')})`,
    (sub, random) => `(${sub('numeric')} ${random.pick(['=', '<', '>='])} ${sub('numeric')})`,
    (sub) => `(${sub('time')} > ${sub('time')})`,
    (sub) => `(${sub('json')} @> ${sub('json')})`,
    (sub, random) => `(${sub('bool')} ${random.pick(['and', 'or'])} ${sub('bool')})`,
    (sub) => `(not ${sub('bool')})`,
    (sub) => `(${sub('text')} is distinct from ${sub('text')})`,
    (sub, random) => `(${sub(random.pick(kinds))} is null)`,
    (sub) => `starts_with(${sub('text')}, ${sub('text')})`,
    (sub) => `(${sub('text')} in (${sub('text')}, ${sub('text')}))`,
  ],
}

function literal(random: Random, kind: Kind): string {
  switch (kind) {
    case 'text':
      return random.pick(texts)
    case 'int':
      return String(random.below(1_000))
    case 'numeric':
      return `${random.below(100)}.${random.below(100)}`
    case 'time':
      return `timestamptz '2026-01-0${1 + random.below(9)} 00:00:00+00'`
    case 'json':
      return `'{"a": "b"}'::jsonb`
    case 'bool':
      return random.pick(['true', 'false'])
  }
}
