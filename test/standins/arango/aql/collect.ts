import type { Json } from '../json.ts'
import { evaluate } from './evaluate.ts'
import type { Execution } from './execution.ts'
import { callFunction } from './functions.ts'
import type { Scope } from './scope.ts'
import type { CollectClause } from './tree.ts'
import { compareValues, identity } from './values.ts'

interface Group {
  readonly keys: readonly Json[]
  readonly rows: Scope[]
}

/** One row per group, in the order of the groups' values; without groups, one row in all. */
export function* collect(
  clause: CollectClause,
  rows: Iterable<Scope>,
  outer: Scope,
  execution: Execution,
): Generator<Scope> {
  for (const { keys, rows: members } of groupsOf(clause, rows, execution)) {
    let row = outer
    for (const [index, { name }] of clause.groups.entries()) row = row.with(name, keys[index] ?? null)
    for (const { name, call, of } of clause.aggregates) {
      const values = members.map((member) => (of === null ? null : evaluate(of, member, execution)))
      row = row.with(name, call === 'PUSH' ? values : callFunction(call, [values], execution))
    }
    if (clause.countInto !== null) row = row.with(clause.countInto, members.length)
    if (clause.into !== null)
      row = row.with(
        clause.into.name,
        members.map((member) => memberOf(clause, member, outer, execution)),
      )
    yield row
  }
}

function groupsOf({ groups }: CollectClause, rows: Iterable<Scope>, execution: Execution): Group[] {
  const found = new Map<string, Group>()
  if (groups.length === 0) found.set('[]', { keys: [], rows: [] })
  for (const row of rows) {
    const keys = groups.map(({ value }) => evaluate(value, row, execution))
    const group = found.get(identity(keys)) ?? { keys, rows: [] }
    group.rows.push(row)
    found.set(identity(keys), group)
  }
  return [...found.values()].sort((one, other) => compareValues([...one.keys], [...other.keys]))
}

function memberOf({ into }: CollectClause, row: Scope, outer: Scope, execution: Execution): Json {
  if (into?.of) return evaluate(into.of, row, execution)
  const variables = row.since(outer)
  if (!into?.keep) return variables
  return Object.fromEntries(into.keep.map((name) => [name, variables[name] ?? null]))
}
