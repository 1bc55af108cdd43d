import type { Index } from '../model/model.ts'
import type { Rule } from '../rule.ts'

export const unindexedForeignKey: Rule = {
  id: 'unindexed-foreign-key',
  severity: 'warning',
  summary: 'No index starts with the columns of a foreign key.',
  why: 'Each DELETE or change of key in the other table reads this one from end to end.',
  mend: 'CREATE INDEX on the columns of the foreign key; behind company_id in a shared table.',
  *scope(model) {
    for (const { name: table, constraints, indexes } of model.relations.values()) {
      for (const { kind, name, columns, origin, at } of constraints) {
        if (kind !== 'foreign' || indexes.some((index) => serves(index, columns))) continue
        yield { message: `no index on ${table} (${columns.join(', ')}) for ${name}`, origin, at }
      }
    }
  },
}

/** PostgreSQL 18 skips over a leading company_id. */
function serves({ columns, onlyNotNull }: Index, key: readonly string[]): boolean {
  if (onlyNotNull === null || !onlyNotNull.every((column) => key.includes(column))) return false
  const isLead = (names: Index['columns']): boolean => {
    const lead = names.slice(0, key.length)
    return key.every((column) => lead.includes(column))
  }
  return isLead(columns) || (columns[0] === 'company_id' && isLead(columns.slice(1)))
}
