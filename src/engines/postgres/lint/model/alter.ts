import type { AlterTableCmd, RangeVar } from 'libpg-query'
import type { Origin } from '../statement.ts'
import { as, typeOf } from '../tree.ts'
import { readConstraint } from './constraint.ts'
import { addColumn, addConstraint, setNotNull } from './create.ts'
import type { Model, Relation } from './model.ts'

/** What one command of an ALTER TABLE changes; tables the model does not know stay unknown. */
export function alterTable(model: Model, relation: RangeVar, command: AlterTableCmd, origin: Origin): void {
  const table = model.find(relation)
  if (table === undefined) return
  const { name = '' } = command
  switch (command.subtype) {
    case 'AT_AddColumn': {
      const column = as(command.def, 'ColumnDef')
      if (column !== undefined && !table.columns.has(column.colname ?? '')) addColumn(model, table, column, origin)
      break
    }
    case 'AT_DropColumn':
      table.columns.delete(name)
      table.constraints = table.constraints.filter(({ columns }) => !columns.includes(name))
      table.indexes = table.indexes.filter(({ columns }) => !columns.includes(name))
      break
    case 'AT_AlterColumnType': {
      const column = table.columns.get(name)
      if (column !== undefined) column.type = typeOf(as(command.def, 'ColumnDef')?.typeName)
      break
    }
    case 'AT_SetNotNull':
    case 'AT_DropNotNull':
      setNotNull(table, name, command.subtype === 'AT_SetNotNull')
      break
    case 'AT_AddConstraint':
      alterConstraint(model, table, command, origin)
      break
    case 'AT_ValidateConstraint':
      for (const constraint of table.constraints) if (constraint.name === name) constraint.valid = true
      break
    case 'AT_DropConstraint':
      table.constraints = table.constraints.filter((constraint) => constraint.name !== name)
      table.indexes = table.indexes.filter((index) => index.name !== name)
      break
  }
}

function alterConstraint(model: Model, table: Relation, command: AlterTableCmd, origin: Origin): void {
  const constraint = as(command.def, 'Constraint')
  if (constraint === undefined) return
  const { indexname } = constraint
  const read = readConstraint(constraint, table.name, undefined, model, origin)
  if (indexname === undefined || read === undefined) {
    addConstraint(table, read)
    return
  }
  // USING INDEX: the constraint takes the index over, its columns and its place.
  const index = table.indexes.find((candidate) => candidate.name === indexname)
  table.indexes = table.indexes.filter((candidate) => candidate !== index)
  const columns = (index?.columns ?? []).filter((column) => column !== null)
  addConstraint(table, { ...read, name: constraint.conname ?? indexname, columns })
}
