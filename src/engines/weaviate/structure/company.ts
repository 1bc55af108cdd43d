import type { Structure } from '../../../core/structure/object.ts'
import type { TenantStatus } from '../tenants.ts'

/**
 * A company's tenants, an object for each class. A suspended company has the same structure as any other: a status is told only where
 * it is not that of all the company's tenants.
 */
export function describeCompany(
  company: string,
  classes: ReadonlyMap<string, ReadonlyMap<string, TenantStatus>>,
): Structure {
  const found = [...classes].flatMap(([name, tenants]) => {
    const status = tenants.get(company)
    return status === undefined ? [] : [{ name, status }]
  })
  const isMixed = new Set(found.map(({ status }) => status)).size > 1
  return found.map(({ name, status }) => ({
    kind: 'other',
    on: name,
    name: 'tenant',
    definition: isMixed ? `tenant {company}, ${status.toLowerCase()}` : 'tenant {company}',
  }))
}
