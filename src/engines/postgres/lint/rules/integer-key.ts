import type { Rule } from '../rule.ts'

const narrow = new Set(['int2', 'int4', 'serial', 'serial2', 'serial4', 'smallserial'])

export const integerKey: Rule = {
  id: 'integer-key',
  severity: 'warning',
  summary: 'A primary key of a type with four bytes or fewer.',
  why: 'It runs out at 2,147,483,647 rows ever written, and widening it rewrites the table and all that point to it.',
  mend: 'bigint GENERATED ALWAYS AS IDENTITY, or uuid DEFAULT uuidv7().',
  *migration(migration, model) {
    for (const { name: table, columns, constraints } of model.relations.values()) {
      const foreign = new Set(constraints.filter(({ kind }) => kind === 'foreign').flatMap((key) => key.columns))
      for (const { kind, columns: key, origin, at } of constraints) {
        if (kind !== 'primary' || origin.migration !== migration) continue
        // Only a number of its own: of several columns none has to count all rows.
        const own = key.filter((column) => column !== 'company_id' && !foreign.has(column))
        const type = columns.get(own[0] ?? '')?.type.name ?? ''
        if (own.length === 1 && narrow.has(type)) yield { message: `${table}.${own[0]} is ${type}`, origin, at }
      }
    }
  },
}
