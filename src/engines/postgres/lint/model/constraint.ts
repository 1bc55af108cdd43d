import type { Constraint, Node } from 'libpg-query'
import type { Origin } from '../statement.ts'
import { as, columnsIn, namesOf, nodesIn } from '../tree.ts'
import type { ConstraintKind, Model, TableConstraint } from './model.ts'

const kinds: Readonly<Record<string, ConstraintKind>> = {
  CONSTR_PRIMARY: 'primary',
  CONSTR_UNIQUE: 'unique',
  CONSTR_FOREIGN: 'foreign',
  CONSTR_CHECK: 'check',
  CONSTR_NOTNULL: 'not null',
  CONSTR_EXCLUSION: 'exclude',
}

export const constraintKind = ({ contype }: Constraint): ConstraintKind | undefined => kinds[contype ?? '']

/** A constraint of a column or a table; undefined for what is none, such as a default. `column` is the one it stands at. */
export function readConstraint(
  constraint: Constraint,
  table: string,
  column: string | undefined,
  model: Model,
  origin: Origin,
): TableConstraint | undefined {
  const kind = constraintKind(constraint)
  if (kind === undefined) return undefined
  const columns = columnsOf(constraint, kind, column)
  return {
    kind,
    name: constraint.conname ?? defaultName(kind, table, columns),
    columns,
    notNull: kind === 'check' ? notNullColumns(constraint.raw_expr) : kind === 'not null' ? columns : [],
    references: constraint.pktable === undefined ? null : model.nameOf(constraint.pktable),
    valid: constraint.skip_validation !== true,
    origin,
    at: constraint.location,
  }
}

function columnsOf(constraint: Constraint, kind: ConstraintKind, column: string | undefined): readonly string[] {
  if (column !== undefined) return [column]
  if (kind === 'check') return [...columnsIn(constraint.raw_expr)]
  return namesOf(kind === 'foreign' ? constraint.fk_attrs : constraint.keys)
}

/** As PostgreSQL names a constraint that was given no name; where it adds a number, this does not. */
function defaultName(kind: ConstraintKind, table: string, columns: readonly string[]): string {
  const suffixes = {
    primary: 'pkey',
    unique: 'key',
    foreign: 'fkey',
    check: 'check',
    'not null': 'not_null',
    exclude: 'excl',
  }
  return [table, ...(kind === 'primary' ? [] : columns), suffixes[kind]].join('_')
}

/** The columns for which a condition says IS NOT NULL, alone or joined by AND. */
export function notNullColumns(condition: Node | undefined): string[] {
  const conjunction = as(condition, 'BoolExpr')
  if (conjunction?.boolop === 'AND_EXPR') return (conjunction.args ?? []).flatMap(notNullColumns)
  const test = as(condition, 'NullTest')
  return test?.nulltesttype === 'IS_NOT_NULL' ? [...columnsIn(test.arg)] : []
}

/** Whether a condition says nothing but IS NOT NULL. */
export function onlyTestsNotNull(condition: Node | undefined): boolean {
  for (const { nulltesttype } of nodesIn(condition, 'NullTest')) if (nulltesttype !== 'IS_NOT_NULL') return false
  const others = ['A_Expr', 'FuncCall', 'SubLink', 'BooleanTest'] as const
  if (others.some((kind) => !nodesIn(condition, kind).next().done)) return false
  for (const { boolop } of nodesIn(condition, 'BoolExpr')) if (boolop !== 'AND_EXPR') return false
  return true
}
