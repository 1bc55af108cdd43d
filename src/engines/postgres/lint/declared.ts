import type { ColumnDef, Constraint, RangeVar } from 'libpg-query'
import type { Statement } from './statement.ts'
import { allOf, alterations, as, type TypeRef, typeOf } from './tree.ts'

type Parsed = Pick<Statement, 'node'>

export interface DeclaredColumn {
  readonly table: RangeVar
  readonly name: string
  readonly type: TypeRef
  readonly column: ColumnDef
}

/** The columns a statement gives a type: by CREATE TABLE, ADD COLUMN or ALTER COLUMN … TYPE. */
export function* declaredColumns(statement: Parsed): Generator<DeclaredColumn> {
  const create = as(statement.node, 'CreateStmt')
  for (const column of allOf(create?.tableElts, 'ColumnDef')) {
    if (create?.relation !== undefined) yield declared(create.relation, column, column.colname)
  }
  for (const { table, command } of alterations(statement, 'AT_AddColumn', 'AT_AlterColumnType')) {
    const column = as(command.def, 'ColumnDef')
    if (column !== undefined) yield declared(table, column, column.colname ?? command.name)
  }
}

function declared(table: RangeVar, column: ColumnDef, name = ''): DeclaredColumn {
  return { table, name, type: typeOf(column.typeName), column }
}

/** The columns a statement adds to a table. */
export function* addedColumns(statement: Parsed): Generator<{ readonly table: RangeVar; readonly column: ColumnDef }> {
  for (const { table, command } of alterations(statement, 'AT_AddColumn')) {
    const column = as(command.def, 'ColumnDef')
    if (column !== undefined) yield { table, column }
  }
}

export interface AddedConstraint {
  readonly table: RangeVar
  readonly constraint: Constraint
  /** The new column it stands at; undefined for one of the table. */
  readonly column: ColumnDef | undefined
}

/** The constraints a statement adds to a table that is there, those of an added column included. */
export function* addedConstraints(statement: Parsed): Generator<AddedConstraint> {
  for (const { table, command } of alterations(statement, 'AT_AddConstraint')) {
    const constraint = as(command.def, 'Constraint')
    if (constraint !== undefined) yield { table, constraint, column: undefined }
  }
  for (const { table, column } of addedColumns(statement)) {
    for (const constraint of allOf(column.constraints, 'Constraint')) yield { table, constraint, column }
  }
}

/** The constraint of a column that is of this type, such as its default. */
export function constraintOf(column: ColumnDef, contype: Constraint['contype']): Constraint | undefined {
  return allOf(column.constraints, 'Constraint').find((constraint) => constraint.contype === contype)
}
