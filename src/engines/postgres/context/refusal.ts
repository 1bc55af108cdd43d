import pg from 'pg'
import { DbsvcError } from '../../../core/errors/error.ts'

const contextRefusal = 'dbsvc_context_'
const companyRefusal = 'dbsvc_company_'

/** Turns a refusal by the functions of the signed context into DBS-1601, DBS-1203 or DBS-1206; returns other errors as they are. */
export function explainRefusal(error: Error, company: string): Error {
  const constraint = refusalOf(error)
  if (constraint?.startsWith(contextRefusal) === true) {
    return DbsvcError.of('DBS-1601', { reason: error.message }, error)
  }
  if (constraint === `${companyRefusal}unknown`) return DbsvcError.of('DBS-1203', { company }, error)
  if (constraint?.startsWith(companyRefusal) === true) {
    const state = constraint.slice(companyRefusal.length)
    return DbsvcError.of('DBS-1206', { company, state, wanted: 'active' }, error)
  }
  return error
}

/** Whether the ring is behind the database: the key that signed was retired. */
export const isUnknownKey = (error: Error): boolean => refusalOf(error) === `${contextRefusal}key_unknown`

/** Whether the clock that the expiry was computed with is wrong by now. */
export const isExpired = (error: Error): boolean => refusalOf(error) === `${contextRefusal}expired`

/** Whether a prepared statement no longer fits its tables, which only shows before it runs. */
export const isOutdatedPlan = (error: Error): boolean =>
  error instanceof pg.DatabaseError && error.code === '0A000' && error.routine === 'RevalidateCachedQuery'

const refusalOf = (error: Error): string | undefined =>
  error instanceof pg.DatabaseError && error.code === '42501' ? error.constraint : undefined
