import type { StructureObject } from '../../../../core/structure/object.ts'

/** The statement that takes away one object, or null where it goes with something else or must not go by itself. */
export function renderDrop({ kind, on, name, definition }: StructureObject): string | null {
  switch (kind) {
    case 'grant':
      return `revoke all on ${on} from ${name.replace(/ with grant option$/, '')}`
    case 'column grant':
      return `revoke ${definition.toLowerCase()} on ${on} from ${name}`
    case 'default privilege':
      return `alter default privileges ${on} revoke ${definition.toLowerCase()} on ${name.replace(' to ', ' from ')}`
    case 'view':
      return `drop ${definition.startsWith('materialized ') ? 'materialized ' : ''}view if exists ${name}`
    case 'type':
    case 'sequence':
    case 'routine':
    case 'statistics':
    case 'index':
      return `drop ${kind} if exists ${name}`
    case 'column':
    case 'constraint':
      return `alter table ${on} drop ${kind} if exists ${name}`
    case 'default':
    case 'not null':
      return `alter table ${on} alter column ${name} drop ${kind}`
    case 'trigger':
    case 'rule':
    case 'policy':
      return `drop ${kind} if exists ${name} on ${on}`
    case 'trigger state':
      return `alter table ${on} enable trigger ${name}`
    case 'option':
      return `alter ${on} reset (${name})`
    case 'comment':
      return `comment on ${on} is null`
    default:
      return null
  }
}
