import type { Rule } from '../rule.ts'

export const foreignKeyWithoutCompany: Rule = {
  id: 'foreign-key-without-company',
  severity: 'error',
  scopes: ['shared'],
  summary: "A foreign key between companies' tables leaves company_id out.",
  why: "Foreign keys look past row security: a row could point to another company's row, and an error would tell that it is there.",
  mend: 'Reference (company_id, id), with a key of the same columns on the other table.',
  *migration(migration, model) {
    for (const { name: table, columns, constraints } of model.relations.values()) {
      for (const { kind, name, columns: key, references, origin, at } of constraints) {
        if (kind !== 'foreign' || origin.migration !== migration || key.includes('company_id')) continue
        const isShared = model.relations.get(references ?? '')?.columns.has('company_id') !== true
        if (isShared || !columns.has('company_id')) continue
        yield { message: `${name} on ${table} can point to a row of another company in ${references}`, origin, at }
      }
    }
  },
}
