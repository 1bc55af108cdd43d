import { anything, type Column, expression, type Kind, type Scope } from './expressions.ts'
import { hostileRelations, hostileStatements } from './hostile.ts'
import type { Random } from './random.ts'

export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
}

export interface Generated {
  readonly sql: string
  /** Whether its rows follow from the rows that it may see, whatever plan is taken. */
  readonly settled: boolean
  readonly writes: boolean
}

const deepest = 3

/** A statement over these tables: most of them are harmless and run, some reach for what is not the company's. */
export function generate(random: Random, tables: readonly Table[]): Generated {
  if (random.chance(0.03)) return { sql: random.pick(hostileStatements), settled: true, writes: true }
  if (random.chance(0.12)) return { sql: write(random, tables), settled: true, writes: true }
  return { sql: query(random, tables, deepest), settled: true, writes: false }
}

/** Ordered by all of its columns, so that rows which tie are alike and LIMIT chooses the same. */
function query(random: Random, tables: readonly Table[], depth: number): string {
  if (depth > 1 && random.chance(0.12)) {
    const body = query(random, tables, depth - 1)
    return `with q as ${random.chance(0.3) ? 'materialized ' : ''}(${body}) select count(*) as n, count(distinct q.c0::text) as m from q order by 1, 2`
  }
  const { from, scope } = sources(random, tables, depth)
  const where = random.chance(0.35) ? ` where ${expression(random, scope, 'bool', depth)}` : ''
  if (random.chance(0.25)) return aggregate(random, scope, `${from}${where}`, depth)
  const columns = random.many(1, 4, () => anything(random, scope, depth).sql)
  const list = columns.map((sql, index) => `${sql} as c${index}`).join(', ')
  const order = columns.map((_, index) => index + 1).join(', ')
  const distinct = random.chance(0.15) ? 'distinct ' : ''
  const limit = random.chance(0.7) ? ` limit ${1 + random.below(50)}` : ''
  return `select ${distinct}${list} from ${from}${where} order by ${order}${limit}`
}

function aggregate(random: Random, scope: Scope, rest: string, depth: number): string {
  const key = anything(random, scope, depth - 1).sql
  const text = expression(random, scope, 'text', depth - 1)
  const number = expression(random, scope, 'numeric', depth - 1)
  const call = random.pick([
    'count(*)',
    `count(distinct ${text})`,
    `min(${text})`,
    `max(${text})`,
    `sum((${number})::numeric)`,
    `string_agg(${text}, ',' order by ${text})`,
    `array_agg(${text} order by ${text})`,
    `jsonb_agg(${text} order by ${text})`,
    `bool_or(${expression(random, scope, 'bool', depth - 1)})`,
  ])
  if (random.chance(0.4)) return `select ${call} as c0 from ${rest} order by 1`
  return `select ${key} as c0, ${call} as c1 from ${rest} group by 1 order by 1, 2 limit 100`
}

function sources(random: Random, tables: readonly Table[], depth: number): { from: string; scope: Scope } {
  const columns: Column[] = []
  const items = random.many(1, depth > 1 ? 3 : 1, (index) => {
    const alias = `t${depth}${index}`
    const { sql, columns: found } = source(random, tables, depth)
    for (const { name, kind } of found) columns.push({ name: `${alias}.${name}`, kind })
    return `${sql} ${alias}`
  })
  const scope: Scope = {
    columns,
    subquery: (kind) => {
      const fitting = tables.filter((candidate) => candidate.columns.some((column) => column.kind === kind))
      if (fitting.length === 0) return nothingOf(kind)
      const table = random.pick(fitting)
      const column = random.pick(table.columns.filter((candidate) => candidate.kind === kind))
      return `select s.${column.name} from ${table.name} s order by 1`
    },
  }
  const [first = '', ...others] = items
  const joined = others.map((item) => {
    if (random.chance(0.3)) return ` cross join ${item}`
    return ` ${random.pick(['join', 'left join'])} ${item} on ${random.pick(['true', 'true', 'false'])}`
  })
  return { from: first + joined.join(''), scope }
}

function source(random: Random, tables: readonly Table[], depth: number): { sql: string; columns: readonly Column[] } {
  if (random.chance(0.05)) return { sql: random.pick(hostileRelations), columns: [] }
  if (depth > 1 && random.chance(0.15)) {
    const { sql, columns } = source(random, tables, depth - 1)
    return { sql: `(select * from ${sql} x${random.chance(0.3) ? ' offset 0' : ''})`, columns }
  }
  if (random.chance(0.1)) return { sql: `(values ('own', 1), ('other', 2))`, columns: [] }
  const table = random.pick(tables)
  return { sql: table.name, columns: table.columns }
}

const typeOf = {
  text: 'text',
  int: 'int',
  numeric: 'numeric',
  time: 'timestamptz',
  json: 'jsonb',
  bool: 'bool',
} as const
const nothingOf = (kind: Kind): string => `select null::${typeOf[kind]}`

function write(random: Random, tables: readonly Table[]): string {
  const table = random.pick(tables.filter(({ columns }) => columns.some(({ kind }) => kind === 'text')))
  const scope: Scope = {
    columns: table.columns,
    subquery: nothingOf,
  }
  const where = expression(random, scope, 'bool', 2)
  const returning = ` returning ${random.pick(table.columns).name}`
  const text = random.pick(table.columns.filter(({ kind }) => kind === 'text')).name
  return random.pick([
    `update ${table.name} set ${text} = ${text} where ${where}${returning}`,
    `update ${table.name} set ${text} = 'company_xyz' where ${where}`,
    `delete from ${table.name} where ${where} and false${returning}`,
    `with w as (update ${table.name} set ${text} = ${text} where ${where}${returning}) select count(*) from w`,
    `insert into notes (company_id, note_id, text) select 'company_xyz', 1, ${expression(random, scope, 'text', 2)} from ${table.name}`,
    `insert into notes (company_id, note_id, text) values ('company_abc', ${100 + random.below(50)}, 'fuzz') on conflict (company_id, note_id) do update set text = excluded.text returning note_id`,
    `merge into notes n using (values ('company_xyz', 1)) v (c, i) on n.company_id = v.c when matched then update set text = 'x'`,
    `update tenant_company_xyz.users set email = 'x@y'`,
    `delete from tenant_company_xyz.trading_signals`,
  ])
}
