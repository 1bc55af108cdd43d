import { notImplemented } from '../errors.ts'
import type { Json } from '../json.ts'
import { collect } from './collect.ts'
import { evaluate, range } from './evaluate.ts'
import type { Execution } from './execution.ts'
import { modify, upsert } from './modify.ts'
import type { Scope } from './scope.ts'
import { traverse } from './traverse.ts'
import type { Clause, Expression, Limit } from './tree.ts'
import { compareValues, toBool, toNumber } from './values.ts'

/** Takes rows through one clause; without writes, only as far as somebody asks for the result. */
export function apply(
  clause: Exclude<Clause, { kind: 'return' }>,
  rows: Iterable<Scope>,
  outer: Scope,
  execution: Execution,
): Iterable<Scope> {
  switch (clause.kind) {
    case 'for':
      return loop(clause.name, clause.in, rows, execution)
    case 'traversal':
      return traverse(clause, rows, execution)
    case 'filter':
      return filter(clause.condition, rows, execution)
    case 'let':
      return assign(clause.assignment.name, clause.assignment.value, rows, execution)
    case 'sort':
      return sort(clause.by, rows, execution)
    case 'limit':
      return limit(clause.limit, rows, outer, execution)
    case 'collect':
      return collect(clause, rows, outer, execution)
    case 'modify':
      return modify(clause, rows, execution)
    case 'upsert':
      return upsert(clause, rows, execution)
  }
}

function* loop(name: string, source: Expression, rows: Iterable<Scope>, execution: Execution): Generator<Scope> {
  for (const row of rows) {
    for (const item of itemsOf(source, row, execution)) {
      execution.tick()
      yield row.with(name, item)
    }
  }
}

function itemsOf(source: Expression, row: Scope, execution: Execution): Iterable<Json> {
  if (source.kind === 'collection') {
    if (execution.session.database.views.has(source.name)) notImplemented('queries of views')
    const documents = execution.session.read(source.name).all()
    execution.statistics.scannedFull += documents.length
    return documents
  }
  if (source.kind === 'range') return range(source, (inner) => evaluate(inner, row, execution))
  const list = evaluate(source, row, execution)
  return Array.isArray(list) ? list : (execution.warn(1563, 'array expected') ?? [])
}

function* filter(condition: Expression, rows: Iterable<Scope>, execution: Execution): Generator<Scope> {
  for (const row of rows) {
    if (toBool(evaluate(condition, row, execution))) yield row
    else execution.statistics.filtered += 1
  }
}

function* assign(name: string, value: Expression, rows: Iterable<Scope>, execution: Execution): Generator<Scope> {
  for (const row of rows) yield row.with(name, evaluate(value, row, execution))
}

function* sort(
  by: readonly { readonly value: Expression; readonly descending: boolean }[],
  rows: Iterable<Scope>,
  execution: Execution,
): Generator<Scope> {
  const keyed = [...rows].map((row) => ({ row, keys: by.map(({ value }) => evaluate(value, row, execution)) }))
  keyed.sort((one, other) => {
    for (const [index, { descending }] of by.entries()) {
      const difference = compareValues(one.keys[index] ?? null, other.keys[index] ?? null)
      if (difference !== 0) return descending ? -difference : difference
    }
    return 0
  })
  for (const { row } of keyed) yield row
}

function* limit({ offset, count }: Limit, rows: Iterable<Scope>, outer: Scope, execution: Execution): Generator<Scope> {
  const skipped = offset === null ? 0 : toNumber(evaluate(offset, outer, execution))
  const end = skipped + toNumber(evaluate(count, outer, execution))
  const counts = execution.countsLimited(outer)
  let index = 0
  if (end === skipped && !counts) return
  for (const row of rows) {
    index += 1
    if (index > skipped && index <= end) yield row
    if (index >= end && !counts) return
  }
  if (counts) execution.statistics.fullCount = index
}
