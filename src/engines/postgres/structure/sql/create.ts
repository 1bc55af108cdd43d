import type { Structure, StructureObject } from '../../../../core/structure/object.ts'
import { keepArrayCasts } from './array-casts.ts'
import { renderTable } from './table.ts'

/** The statement that makes one object of `structure`, or null where there is none that could be derived. */
export function renderCreate(object: StructureObject, structure: Structure): string | null {
  const sql = render(object, structure)
  // A routine's body and a comment are texts, and mean what they say.
  return sql === null || object.kind === 'routine' || object.kind === 'comment' ? sql : keepArrayCasts(sql)
}

function render(object: StructureObject, structure: Structure): string | null {
  const { kind, on, name, definition } = object
  switch (kind) {
    case 'owner':
      return `alter ${on} owner to ${definition}`
    case 'grant':
    case 'column grant':
      return `grant ${definition.toLowerCase()} on ${on} to ${name}`
    case 'default privilege':
      return `alter default privileges ${on} grant ${definition.toLowerCase()} on ${name}`
    case 'type':
      return definition.startsWith('domain ')
        ? `create domain ${name} ${definition.slice('domain '.length)}`
        : `create type ${name} ${definition}`
    case 'sequence':
      return `create sequence ${name} ${definition.replace(ownedBy, '')}`
    case 'routine':
      return definition.startsWith('aggregate ')
        ? `create aggregate ${name} (${definition.slice('aggregate '.length)})`
        : definition.trimEnd()
    case 'table':
      return renderTable(object, structure)
    case 'view':
      return renderView(object)
    case 'column':
      return `alter table ${on} add column ${name} ${definition}${defaultOf(object, structure)}`
    case 'default':
      return `alter table ${on} alter column ${name} set default ${definition}`
    case 'not null':
      return definition === 'not null'
        ? `alter table ${on} alter column ${name} set not null`
        : `alter table ${on} add ${definition.replace('not null', `not null ${name}`)}`
    case 'constraint':
      return `alter table ${on} add constraint ${name} ${definition}`
    case 'index':
      return renderIndex(object)
    case 'statistics':
    case 'trigger':
    case 'rule':
      return definition.replace(/;$/, '')
    case 'trigger state':
      return `alter table ${on} ${definition} trigger ${name}`
    case 'row security':
      return renderRowSecurity(object)
    case 'policy':
      return `create policy ${name} on ${on} ${definition}`
    case 'option':
      return `alter ${on} set (${name} = ${definition})`
    case 'comment':
      return `comment on ${on} is ${definition}`
    case 'schema':
    case 'time series':
    case 'other':
      return null
  }
}

const ownedBy = / owned by (\S.*)$/

/** Ties a sequence to its column, which may need the sequence first. */
export function renderOwnedBy({ name, definition }: StructureObject): string | null {
  const column = ownedBy.exec(definition)?.[1]
  return column === undefined ? null : `alter sequence ${name} owned by ${column}`
}

function renderView({ name, definition }: StructureObject): string {
  const materialized = definition.startsWith('materialized ')
  const query = definition.replace(/^materialized /, '').replace(/;$/, '')
  return `create ${materialized ? 'materialized ' : ''}view ${name} as\n${query}`
}

function renderIndex({ on, name, definition }: StructureObject): string {
  const unique = definition.startsWith('unique ')
  const rest = definition.replace(/^unique /, '').replace(/ \(invalid\)$/, '')
  return `create ${unique ? 'unique ' : ''}index ${name} on ${on} ${rest}`
}

function renderRowSecurity({ on, definition }: StructureObject): string {
  const enabled = definition.startsWith('enabled') ? 'enable' : 'disable'
  const forced = definition.endsWith('forced') ? 'force' : 'no force'
  return `alter table ${on} ${enabled} row level security, ${forced} row level security`
}

/** Rows that are there get the default with the column, not after it. */
function defaultOf({ on, name }: StructureObject, structure: Structure): string {
  const found = structure.find((other) => other.kind === 'default' && other.on === on && other.name === name)
  return found === undefined ? '' : ` default ${found.definition}`
}
