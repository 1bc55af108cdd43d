import type { Rule } from '../rule.ts'

export const classOfCompany: Rule = {
  id: 'weaviate-class-of-company',
  severity: 'error',
  summary: 'A document in the tenant scope.',
  why: 'Classes belong to all companies, and a company has a tenant in each: its own migrations can only work on objects.',
  mend: 'Move the file to migrations/weaviate/shared, or write a module.',
  *find({ scope, up }) {
    const [first] = up
    if (scope === 'tenant' && first !== undefined) {
      yield { message: `${first.operation.type} concerns all companies`, line: first.line }
    }
  },
}
