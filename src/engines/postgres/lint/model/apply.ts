import type { CreateFunctionStmt, DropStmt, Node, RenameStmt, SelectStmt } from 'libpg-query'
import type { Origin } from '../statement.ts'
import { allOf, as, lastNameOf, literalOf, namesOf, rangeOf } from '../tree.ts'
import { alterTable } from './alter.ts'
import { addRelation, createIndex, createTable } from './create.ts'
import type { Model } from './model.ts'

/** Changes the model as the statement changes the schema. What a DO block or a function does stays unknown. */
export function applyStatement(model: Model, origin: Origin): void {
  const { node } = origin.statement
  for (const [kind, apply] of Object.entries(appliers)) {
    if (kind in node) apply(model, node, origin)
  }
}

const appliers: Readonly<Record<string, (model: Model, node: Node, origin: Origin) => void>> = {
  CreateStmt(model, node, origin) {
    const create = as(node, 'CreateStmt')
    if (create !== undefined) createTable(model, create, origin)
  },
  CreateTableAsStmt(model, node, origin) {
    const create = as(node, 'CreateTableAsStmt')
    const kind = create?.objtype === 'OBJECT_MATVIEW' ? 'materialized view' : 'table'
    if (create?.into?.rel !== undefined) addRelation(model, create.into.rel, kind, origin)
  },
  ViewStmt(model, node, origin) {
    const view = as(node, 'ViewStmt')?.view
    if (view !== undefined && model.find(view) === undefined) addRelation(model, view, 'view', origin)
  },
  AlterTableStmt(model, node, origin) {
    const alter = as(node, 'AlterTableStmt')
    for (const command of allOf(alter?.cmds, 'AlterTableCmd')) {
      if (alter?.relation !== undefined) alterTable(model, alter.relation, command, origin)
    }
  },
  IndexStmt(model, node, origin) {
    const create = as(node, 'IndexStmt')
    const table = model.find(create?.relation)
    if (create !== undefined && table !== undefined) createIndex(table, create, origin)
  },
  RenameStmt(model, node) {
    const rename = as(node, 'RenameStmt')
    if (rename !== undefined) applyRename(model, rename)
  },
  DropStmt(model, node) {
    const drop = as(node, 'DropStmt')
    if (drop !== undefined) applyDrop(model, drop)
  },
  CreatePolicyStmt(model, node) {
    const policy = as(node, 'CreatePolicyStmt')
    model.find(policy?.table)?.policies.add(policy?.policy_name ?? '')
  },
  CreateEnumStmt(model, node, { migration }) {
    model.enums.set(lastNameOf(as(node, 'CreateEnumStmt')?.typeName), migration.name)
  },
  CreateFunctionStmt(model, node) {
    const create = as(node, 'CreateFunctionStmt')
    if (create !== undefined) model.functions.set(lastNameOf(create.funcname), volatilityOf(create))
  },
  SelectStmt(model, node) {
    const select = as(node, 'SelectStmt')
    if (select !== undefined) applyTimeSeries(model, select)
  },
}

function applyRename(
  model: Model,
  { renameType, relationType, relation, subname = '', newname = '' }: RenameStmt,
): void {
  const table = model.find(relation)
  if (renameType === 'OBJECT_COLUMN' && relationType === 'OBJECT_TABLE') {
    const column = table?.columns.get(subname)
    if (column === undefined) return
    table?.columns.delete(subname)
    table?.columns.set(newname, { ...column, name: newname })
  } else if (renameType === 'OBJECT_TABLE' || renameType === 'OBJECT_VIEW' || renameType === 'OBJECT_MATVIEW') {
    if (table === undefined) return
    model.relations.delete(table.name)
    table.name = newname
    model.relations.set(newname, table)
  }
}

const relationObjects: readonly (DropStmt['removeType'] | undefined)[] = [
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
]

function applyDrop(model: Model, { removeType, objects = [] }: DropStmt): void {
  for (const object of objects) {
    const names = namesOf(as(object, 'List')?.items)
    const name = names.at(-1) ?? ''
    if (relationObjects.includes(removeType)) {
      model.relations.delete(model.nameOf(rangeOf(names)))
    } else if (removeType === 'OBJECT_INDEX') {
      const relation = model.findIndex(name)?.relation
      if (relation !== undefined) relation.indexes = relation.indexes.filter((index) => index.name !== name)
    } else if (removeType === 'OBJECT_POLICY') {
      model.find(rangeOf(names.slice(0, -1)))?.policies.delete(name)
    }
  }
}

function volatilityOf({ options }: CreateFunctionStmt): string {
  const option = allOf(options, 'DefElem').find(({ defname }) => defname === 'volatility')
  return literalOf(option?.arg) ?? 'volatile'
}

/** dbsvc.drop_time_series takes the table away; what create_time_series makes of it keeps its name and its columns. */
function applyTimeSeries(model: Model, { targetList }: SelectStmt): void {
  for (const { val } of allOf(targetList, 'ResTarget')) {
    const call = as(val, 'FuncCall')
    if (namesOf(call?.funcname).join('.') === 'dbsvc.drop_time_series')
      model.relations.delete(literalOf(call?.args?.[0]) ?? '')
  }
}
