import type { ColumnDef, CreateStmt, IndexStmt, RangeVar } from 'libpg-query'
import type { Origin } from '../statement.ts'
import { allOf, typeOf } from '../tree.ts'
import { notNullColumns, onlyTestsNotNull, readConstraint } from './constraint.ts'
import type { Model, Relation, RelationKind } from './model.ts'

/** Puts a new relation, still without columns, in the model. */
export function addRelation(model: Model, relation: RangeVar, kind: RelationKind, origin: Origin): Relation {
  const made: Relation = {
    name: model.nameOf(relation),
    kind,
    createdIn: origin.migration.name,
    origin,
    columns: new Map(),
    constraints: [],
    indexes: [],
    policies: new Set(),
  }
  model.relations.set(made.name, made)
  return made
}

export function createTable(model: Model, create: CreateStmt, origin: Origin): void {
  const { relation } = create
  if (relation === undefined) return
  // IF NOT EXISTS leaves a table that is there as it is.
  if (create.if_not_exists === true && model.find(relation) !== undefined) return
  const table = addRelation(model, relation, 'table', origin)
  for (const parent of allOf(create.inhRelations, 'RangeVar')) copyColumns(model.find(parent), table)
  for (const like of allOf(create.tableElts, 'TableLikeClause')) copyColumns(model.find(like.relation), table)
  for (const column of allOf(create.tableElts, 'ColumnDef')) addColumn(model, table, column, origin)
  for (const constraint of allOf(create.tableElts, 'Constraint')) {
    addConstraint(table, readConstraint(constraint, table.name, undefined, model, origin))
  }
}

export function addColumn(model: Model, table: Relation, column: ColumnDef, origin: Origin): void {
  const { colname = '' } = column
  const constraints = allOf(column.constraints, 'Constraint')
  const notNull = constraints.some(({ contype }) => contype === 'CONSTR_NOTNULL' || contype === 'CONSTR_IDENTITY')
  table.columns.set(colname, { name: colname, type: typeOf(column.typeName), notNull })
  for (const constraint of constraints) {
    addConstraint(table, readConstraint(constraint, table.name, colname, model, origin))
  }
}

export function addConstraint(table: Relation, constraint: ReturnType<typeof readConstraint>): void {
  if (constraint === undefined) return
  table.constraints.push(constraint)
  const { kind, columns, name, origin } = constraint
  if (kind !== 'primary' && kind !== 'unique') return
  table.indexes.push({ name, columns, unique: true, onlyNotNull: [], origin })
  if (kind === 'primary') for (const column of columns) setNotNull(table, column, true)
}

export function setNotNull(table: Relation, name: string, notNull: boolean): void {
  const column = table.columns.get(name)
  if (column !== undefined) column.notNull = notNull
}

export function createIndex(
  table: Relation,
  { idxname, indexParams, unique, whereClause }: IndexStmt,
  origin: Origin,
): void {
  const columns = allOf(indexParams, 'IndexElem').map(({ name }) => name ?? null)
  const known = columns.filter((column) => column !== null)
  table.indexes.push({
    name: idxname ?? [table.name, ...known, 'idx'].join('_'),
    columns,
    unique: unique === true,
    onlyNotNull: onlyTestsNotNull(whereClause) ? notNullColumns(whereClause) : null,
    origin,
  })
}

function copyColumns(from: Relation | undefined, to: Relation): void {
  for (const column of from?.columns.values() ?? []) to.columns.set(column.name, { ...column })
}
