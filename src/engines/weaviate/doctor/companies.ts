import type { StoreObservation } from '../../store.ts'
import { createTenants, setTenants } from '../tenants.ts'
import type { Sight } from './sight.ts'

const listed = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')

/** Companies without a tenant in some class, suspended ones that can be reached, and others that cannot. */
export function examineCompanies({ tenants, suspended, companies, connection }: Sight): StoreObservation[] {
  return [...tenants].flatMap(([className, present]) => {
    const found: StoreObservation[] = []
    const missing = [...companies].filter((company) => !present.has(company))
    if (missing.length > 0) {
      found.push({
        id: 'weaviate-missing-tenant',
        severity: 'error',
        message: `${className} has no tenant for ${listed(missing)}`,
        means: 'every request of these companies to that class fails',
        mend: 'dbsvc doctor --fix',
        fix: () => createTenants(connection, className, missing, suspended),
      })
    }
    const reachable = [...suspended].filter((company) => present.get(company) === 'ACTIVE')
    if (reachable.length > 0) {
      found.push({
        id: 'weaviate-active-suspended',
        severity: 'error',
        message: `${className} has an active tenant for ${listed(reachable)}, suspended`,
        means: 'a suspended company can be read and written',
        mend: 'dbsvc doctor --fix',
        fix: () => setTenants(connection, className, reachable, 'INACTIVE'),
      })
    }
    const idle = [...present].filter(
      ([company, status]) => status !== 'ACTIVE' && companies.has(company) && !suspended.has(company),
    )
    if (idle.length > 0) {
      found.push({
        id: 'weaviate-inactive-tenant',
        severity: 'warning',
        message: `${className} has an inactive tenant for ${listed(idle.map(([company]) => company))}, not suspended`,
        means: 'these companies are refused though nobody has suspended them',
        mend: `dbsvc tenant resume ${idle[0]?.[0] ?? ''}`,
      })
    }
    return found
  })
}
