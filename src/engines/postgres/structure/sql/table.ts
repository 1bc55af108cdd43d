import type { ObjectKind, Structure, StructureObject } from '../../../../core/structure/object.ts'

/** Constraints that CREATE TABLE holds; foreign keys follow when all tables are there. */
export const isInline = ({ kind, definition }: StructureObject): boolean =>
  kind === 'constraint' && !definition.startsWith('FOREIGN KEY')

/** Whether CREATE TABLE has said it. */
export const isPartOfTable = (object: StructureObject): boolean =>
  object.kind === 'column' || object.kind === 'default' || object.kind === 'not null' || isInline(object)

/** CREATE TABLE with its columns, defaults and all constraints but foreign keys. */
export function renderTable({ name, definition }: StructureObject, structure: Structure): string {
  const [, unlogged, foreign, rest = ''] = /^(unlogged ?)?(foreign ?)?([\s\S]*)$/.exec(definition) ?? []
  const kind = `${unlogged === undefined ? '' : 'unlogged '}${foreign === undefined ? '' : 'foreign '}table`
  if (rest.startsWith('partition of ')) return `create ${kind} ${name} ${rest}`
  const lines = [...columnsOf(name, structure), ...constraintsOf(name, structure)].map((line) => `  ${line}`)
  return `create ${kind} ${name} (\n${lines.join(',\n')}\n)${rest === '' ? '' : ` ${rest}`}`
}

function columnsOf(table: string, structure: Structure): string[] {
  const facet = (kind: ObjectKind): Map<string, string> =>
    new Map(
      structure
        .filter((object) => object.kind === kind && object.on === table)
        .map((object) => [object.name, object.definition]),
    )
  const defaults = facet('default')
  const notNulls = facet('not null')
  return [...facet('column')].map(([name, type]) => {
    const value = defaults.get(name)
    const required = notNulls.get(name)
    return `${name} ${type}${value === undefined ? '' : ` default ${value}`}${required === undefined ? '' : ` ${required}`}`
  })
}

function constraintsOf(table: string, structure: Structure): string[] {
  return structure
    .filter((object) => object.on === table && isInline(object))
    .sort((a, b) => rankOf(a) - rankOf(b))
    .map(({ name, definition }) => `constraint ${name} ${definition}`)
}

const rankOf = ({ definition }: StructureObject): number =>
  ['PRIMARY', 'UNIQUE', 'CHECK'].findIndex((word) => definition.startsWith(word))
