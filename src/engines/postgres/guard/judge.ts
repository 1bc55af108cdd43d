import type { FuncCall, Node, RangeVar, TypeName } from 'libpg-query'
import { literalOf, namesOf } from '../lint/tree.ts'
import { pureFunctions, readableSettings, varyingFunctions } from './functions.ts'
import { allowedKinds, callsOnOlderServers, wordOf, writingKinds } from './kinds.ts'
import { requireBuiltIn, requireType, resolveFunction, resolveRelation } from './names.ts'
import { readStatement, refused } from './read.ts'
import { requireOwnConfiguration } from './search-configuration.ts'
import type { NamedRelation, Surroundings, Volatility } from './surroundings.ts'

/** What a statement was found to do. */
export interface Judgement {
  readonly verb: 'read' | 'write'
  /** Tags of the relations it names, such as `users` and `public.market_data`. */
  readonly reads: readonly string[]
  /** Of those it changes, with the ones that foreign keys change along; empty where a write may change any. */
  readonly writes: readonly string[]
  /** Whether its result depends on its text, parameters and rows alone. */
  readonly cacheable: boolean
}

type Fields = Readonly<Record<string, unknown>>

/** Judges the one statement of a text, for one company. @throws DBS-2201 malformed, DBS-2202 refused */
export function judgeStatement(text: string, surroundings: Surroundings): Judgement {
  const parts = partsOf(readStatement(text))
  const reads = new Map<string, NamedRelation>()
  const writes = new Set<string>()
  let verb: Judgement['verb'] = 'read'
  let varies = false
  let writesAny = false
  const note = (volatility: Volatility = 'immutable'): void => {
    varies ||= volatility !== 'immutable'
    if (volatility !== 'volatile') return
    verb = 'write'
    writesAny = true
  }
  for (const { kind, value } of parts.nodes) {
    if (!allowedKinds.has(kind)) throw refused(`${wordOf(kind)} is not allowed`)
    if (writingKinds.has(kind)) verb = 'write'
    if (kind === 'SelectStmt' && value.intoClause !== undefined) throw refused('SELECT INTO is not allowed')
    if (kind === 'FuncCall') {
      note(volatilityOf(value as FuncCall, surroundings))
      requireOwnConfiguration(value as FuncCall)
    }
    if (kind === 'SQLValueFunction') varies = true
    for (const name of callsOnOlderServers[kind] ?? []) note(surroundings.functions.get(name))
    const path = pathOf(kind, value)
    requireOwnColumn(path.at(-1))
    // What may be called as `row.function`, which is written like a column.
    for (const name of kind === 'ColumnRef' ? path.slice(1) : path) note(surroundings.functions.get(name))
    if (kind === 'A_Expr' || kind === 'SubLink') requireBuiltIn(operatorOf(value), 'operator')
    if (kind === 'SortBy') requireBuiltIn(namesOf(value.useOp as Node[] | undefined), 'operator')
    if (kind === 'CollateClause') requireBuiltIn(namesOf(value.collname as Node[] | undefined), 'collation')
    if (kind === 'A_Const') varies = isMovingDate(value) || varies
  }
  for (const type of parts.types) {
    if (type.pct_type === true) throw refused('%TYPE is not allowed')
    requireType(namesOf(type.names), surroundings)
  }
  for (const { relation, target } of parts.relations) {
    const found = resolveRelation(relation, surroundings, target ? new Set() : parts.expressions)
    if (found === null) continue
    if (target) {
      writesAny ||= found.triggers
      for (const tag of [found.tag, ...found.along]) writes.add(tag)
    }
    reads.set(found.tag, found)
  }
  return {
    verb,
    reads: [...reads.keys()],
    writes: writesAny ? [] : [...writes],
    cacheable: verb === 'read' && !varies && ![...reads.values()].some(({ opaque }) => opaque),
  }
}

interface Parts {
  readonly nodes: readonly { readonly kind: string; readonly value: Fields }[]
  readonly types: readonly TypeName[]
  /** A target is what INSERT, UPDATE, DELETE or MERGE changes: never a common table expression. */
  readonly relations: readonly { readonly relation: RangeVar; readonly target: boolean }[]
  /** Names of common table expressions, wherever they hold: a relation of such a name is looked up all the same. */
  readonly expressions: ReadonlySet<string>
}

/** Everything a statement is made of. Without recursion: a tree may be deeper than the stack. */
function partsOf(statement: Node): Parts {
  const nodes: { kind: string; value: Fields }[] = []
  const types: TypeName[] = []
  const relations: { relation: RangeVar; target: boolean }[] = []
  const expressions = new Set<string>()
  const rest: { key: string; value: unknown }[] = [{ key: '', value: statement }]
  for (let item = rest.pop(); item !== undefined; item = rest.pop()) {
    const { key, value } = item
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value)) {
      // FOR UPDATE OF names aliases of the statement's own.
      if (key !== 'lockedRels') for (const member of value) rest.push({ key, value: member })
      continue
    }
    const fields = value as Fields
    // Kinds begin with a capital, the fields of a node do not.
    if (/^[A-Z]/.test(key)) nodes.push({ kind: key, value: fields })
    if ('relpersistence' in fields) relations.push({ relation: fields as RangeVar, target: key === 'relation' })
    if ('typemod' in fields || /^typeName$/i.test(key)) types.push(fields as TypeName)
    if (key === 'CommonTableExpr') expressions.add(String(fields.ctename))
    for (const [name, below] of Object.entries(fields)) rest.push({ key: name, value: below })
  }
  return { nodes, types, relations, expressions }
}

const known = { pure: pureFunctions, varying: varyingFunctions }

function volatilityOf({ funcname, args }: FuncCall, surroundings: Surroundings): Volatility {
  const names = namesOf(funcname)
  if (names.at(-1) === 'current_setting') {
    const setting = literalOf(args?.[0])
    if (setting === undefined || !readableSettings.has(setting))
      throw refused('of settings, only those of the context are read')
    if (names.length === 1 || (names.length === 2 && names[0] === 'pg_catalog')) return 'stable'
  }
  return resolveFunction(names, surroundings, known)
}

// Of a table that companies share they tell how many rows of others come before one's own, and of any how busy the server is.
const systemColumns = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax'])

function requireOwnColumn(name: string | undefined): void {
  if (name !== undefined && systemColumns.has(name)) throw refused(`the system column "${name}" is not allowed`)
}

/** Of `row.column` all names, and of `(expression).column` those behind it; of anything else none. */
function pathOf(kind: string, value: Fields): string[] {
  if (kind === 'ColumnRef') return namesOf(value.fields as Node[] | undefined)
  return kind === 'A_Indirection' ? namesOf(value.indirection as Node[] | undefined) : []
}

/** Of `a = b` and of `a = any (select …)`; in the latter the operator stands in operName. */
const operatorOf = (value: Fields): string[] => namesOf((value.operName ?? value.name) as Node[] | undefined)

/** 'now' and 'today' are read as a date or time when the statement runs, whatever the type is called. */
function isMovingDate(value: Fields): boolean {
  const text = (value.sval as { sval?: string } | undefined)?.sval
  return text !== undefined && /\b(now|today|tomorrow|yesterday)\b/i.test(text)
}
