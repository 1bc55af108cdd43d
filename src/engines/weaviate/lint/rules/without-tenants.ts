import { createdClasses } from '../created.ts'
import type { Rule } from '../rule.ts'

export const withoutTenants: Rule = {
  id: 'weaviate-without-tenants',
  severity: 'error',
  summary: 'A class without multi-tenancy.',
  why: 'All companies share its objects: one filter that is left out shows them to everybody. It cannot be switched on later.',
  mend: 'Say "multiTenancyConfig": {"enabled": true}.',
  *find(migration) {
    for (const { definition, line } of createdClasses(migration)) {
      if (definition.multiTenancyConfig?.enabled !== true) yield { message: `${definition.class} has no tenants`, line }
    }
  },
}
