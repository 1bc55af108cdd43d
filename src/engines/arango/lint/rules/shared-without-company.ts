import type { Rule } from '../rule.ts'

export const sharedWithoutCompany: Rule = {
  id: 'shared-without-company',
  severity: 'error',
  scopes: ['shared'],
  summary: "A shared collection's schema does not require company_id, or no index begins with it.",
  why: 'dbsvc cannot tell whose its documents are: it lets a company read none of them, and leaves them there when the company is dropped. Without an index each of these reads every document.',
  mend: 'Require company_id in the schema, and add an index that begins with it; or, where all companies may read the same documents, allow it with the reason.',
  *scope({ collections }) {
    for (const { asked, indexes, madeAt } of collections.values()) {
      const { required, properties } = (asked.schema?.rule ?? {}) as { required?: unknown; properties?: object }
      const isRequired = Array.isArray(required) && required.includes('company_id')
      if (!isRequired || !Object.hasOwn(properties ?? {}, 'company_id')) {
        yield { message: `the schema of ${asked.name} does not require company_id`, at: madeAt }
      } else if (![...indexes.values()].some(({ fields: [first] }) => first === 'company_id')) {
        yield { message: `no index of ${asked.name} begins with company_id`, at: madeAt }
      }
    }
  },
}
