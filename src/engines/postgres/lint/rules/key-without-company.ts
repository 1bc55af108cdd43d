import type { Rule } from '../rule.ts'

export const keyWithoutCompany: Rule = {
  id: 'key-without-company',
  severity: 'error',
  scopes: ['shared'],
  summary: 'A primary key or unique index of a shared table does not start with company_id.',
  why: "Uniqueness looks past row security: a conflict tells a company that another one has the value, and one company can take a value from all. The company's policy cannot use the index either.",
  mend: 'Put company_id first: primary key (company_id, id).',
  *migration(migration, model) {
    for (const { name: table, columns, indexes } of model.relations.values()) {
      if (!columns.has('company_id')) continue
      for (const { name, unique, columns: key, origin } of indexes) {
        if (!unique || key[0] === 'company_id' || origin.migration !== migration) continue
        yield { message: `${name} on ${table} does not start with company_id`, origin }
      }
    }
  },
}
