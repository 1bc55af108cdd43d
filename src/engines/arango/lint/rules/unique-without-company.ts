import type { Rule } from '../rule.ts'

export const uniqueWithoutCompany: Rule = {
  id: 'unique-without-company',
  severity: 'error',
  scopes: ['shared'],
  summary: 'A unique index of a shared collection does not begin with company_id.',
  why: "One company's value keeps every other one from having it, and tells it that somebody has.",
  mend: 'Put company_id first; or, where the documents are the same for all companies, allow it with the reason.',
  *operation({ defined: { operation } }) {
    if (operation.name !== 'createIndex' || operation.asked.type !== 'persistent' || !operation.asked.unique) return
    const { collection, name, fields } = operation.asked
    if (fields[0] !== 'company_id')
      yield { message: `the unique index ${name} of ${collection} begins with ${fields[0]}` }
  },
}
