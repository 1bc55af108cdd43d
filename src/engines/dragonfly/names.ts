import { placeOf } from '../../core/company/id.ts'

/** What dbsvc keeps for itself stands outside of every company's key space. */
export const budgetsKey = 'dbsvc:budgets'

const userShape = /^tenant_([a-z][a-z0-9_]{0,47})$/

/** The ACL user of a company. */
export const userOf = (company: string): string => placeOf(company)

/** The company that a user belongs to; null for everybody else's users. */
export const companyOf = (user: string): string | null => userShape.exec(user)?.[1] ?? null

/** What every key and every channel of a company begins with. */
export const prefixOf = (company: string): string => `t:${company}:`

/** The keys, or channels, of a company and of no other one, as a glob. */
export const patternOf = (company: string): string => `${prefixOf(company).replace(/[\\*?[\]^]/g, '\\$&')}*`

/** The company whose key this is; null for a key outside of all key spaces. */
export const companyOfKey = (key: string): string | null => /^t:([^:]+):/.exec(key)?.[1] ?? null
