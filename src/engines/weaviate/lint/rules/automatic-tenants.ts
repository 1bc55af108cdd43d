import { createdClasses } from '../created.ts'
import type { Rule } from '../rule.ts'

export const automaticTenants: Rule = {
  id: 'weaviate-automatic-tenants-on',
  severity: 'error',
  summary: 'A class makes, or activates, tenants by itself.',
  why: 'A mistyped company gets a place that nobody knows of; a suspended one is active again with its next request.',
  mend: 'Leave autoTenantCreation and autoTenantActivation out.',
  *find(migration) {
    for (const { definition, line } of createdClasses(migration)) {
      const { autoTenantCreation = false, autoTenantActivation = false } = definition.multiTenancyConfig ?? {}
      if (autoTenantCreation || autoTenantActivation) yield { message: `${definition.class} does so`, line }
    }
    for (const { operation, line } of migration.up) {
      if (operation.type !== 'updateClass') continue
      const { autoTenantCreation = false, autoTenantActivation = false } = operation.value.set.multiTenancyConfig ?? {}
      if (autoTenantCreation || autoTenantActivation) yield { message: `${operation.value.class} does so`, line }
    }
  },
}
