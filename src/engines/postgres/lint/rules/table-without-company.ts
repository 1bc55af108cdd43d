import type { Rule } from '../rule.ts'

export const tableWithoutCompany: Rule = {
  id: 'table-without-company',
  severity: 'info',
  scopes: ['shared'],
  summary: 'A shared table has no company_id and is not declared unprotected.',
  why: 'dbsvc cannot tell whose its rows are, so it lets no company reach the table.',
  mend: 'Add company_id; or, where all companies may read the same rows: -- dbsvc: unprotected <table> because <reason>',
  *migration(migration, model) {
    for (const { name, kind, createdIn, columns, origin } of model.relations.values()) {
      if (kind !== 'table' || createdIn !== migration.name || columns.size === 0) continue
      if (columns.has('company_id') || model.exemptions.has(name)) continue
      yield { message: `no company can reach ${name}: it has no company_id`, origin }
    }
  },
}
