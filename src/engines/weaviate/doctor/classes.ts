import type { StoreObservation } from '../../store.ts'
import { companyProperty, isMultiTenant, isShared, nameOf } from '../classes.ts'
import type { Sight } from './sight.ts'

/** Classes that are set up in a way that lets companies mix, or be lost. */
export function examineClasses({ classes, nodes, connection }: Sight): StoreObservation[] {
  return classes.flatMap((definition): StoreObservation[] => {
    const name = nameOf(definition)
    const found: StoreObservation[] = []
    if (isMultiTenant(definition) && definition.multiTenancyConfig?.autoTenantCreation === true) {
      found.push({
        id: 'weaviate-automatic-tenants',
        severity: 'error',
        message: `${name} makes a tenant of any name that is written to`,
        means: 'a mistyped company gets a place that nobody knows of, and its objects are found by nobody',
        mend: null,
        fix: async () => {
          const multiTenancyConfig = { ...definition.multiTenancyConfig, autoTenantCreation: false }
          await connection.rest.schema
            .classUpdater()
            .withClass({ ...definition, multiTenancyConfig })
            .do()
        },
      })
    }
    if (isShared(definition)) {
      found.push({
        id: 'weaviate-shared-class',
        severity: 'error',
        message: `${name} has ${companyProperty} and no multi-tenancy`,
        means: 'one filter that is left out shows one company the objects of all others',
        mend: null,
      })
    }
    const factor = definition.replicationConfig?.factor ?? 1
    if (nodes.length >= 3 && factor === 1) {
      found.push({
        id: 'weaviate-single-copy',
        severity: 'warning',
        message: `${name} has one copy of each object on a cluster of ${nodes.length} nodes`,
        means: 'the loss of one node loses the companies that it holds',
        mend: null,
      })
    }
    return found
  })
}
