/** What a structure is made of. Each is compared by itself, so that a difference names one thing that can be mended. */
export type ObjectKind =
  | 'schema'
  | 'owner'
  | 'grant'
  | 'column grant'
  | 'default privilege'
  | 'type'
  | 'sequence'
  | 'routine'
  | 'table'
  | 'view'
  | 'time series'
  | 'column'
  | 'default'
  | 'not null'
  | 'constraint'
  | 'index'
  | 'statistics'
  | 'trigger'
  | 'trigger state'
  | 'rule'
  | 'row security'
  | 'policy'
  | 'option'
  | 'comment'
  | 'other'

/**
 * One thing of a schema, as SQL writes it and without the schema's own name. Where the company's id is part of it, such as in
 * a policy, it reads `{company}`: two companies of one version have the same objects.
 */
export interface StructureObject {
  readonly kind: ObjectKind
  /** What it belongs to: a table for a column, `table orders` for an owner; '' where it stands by itself. */
  readonly on: string
  readonly name: string
  readonly definition: string
}

export type Structure = readonly StructureObject[]

/** Tells one object of a structure from all others. */
export const keyOf = ({ kind, on, name }: StructureObject): string => `${kind}\u0000${on}\u0000${name}`

/** The object as people name it, such as `column orders.amount` or `grant on table orders to public`. */
export function describeObject({ kind, on, name }: StructureObject): string {
  switch (kind) {
    case 'column':
    case 'default':
    case 'not null':
      return `${kind} ${on}.${name}`
    case 'grant':
    case 'column grant':
      return `${kind} on ${on} to ${name}`
    case 'default privilege':
      return `${kind} ${on} on ${name}`
    case 'owner':
    case 'row security':
    case 'comment':
      return `${kind} of ${on}`
    default:
      return on === '' ? `${kind} ${name}` : `${kind} ${name} on ${on}`
  }
}
