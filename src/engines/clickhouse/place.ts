import type { TierLimits } from '../../core/company/tier.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { Session, StatementOptions } from './connection/session.ts'
import { codeOf, failureOf } from './failure.ts'
import { quoteName } from './sql/quote.ts'

/** A ClickHouse that dbsvc works on. */
export interface Place {
  readonly session: Session
  /** Runs everything on every node of it; null for a server alone. */
  readonly cluster: string | null
  /** Whether it has users, quotas and row policies. chDB has none. */
  readonly hasAccessControl: boolean
  readonly passwordOf: (company: string) => Promise<string>
}

export interface CompanyLimits {
  readonly company: string
  readonly limits: TierLimits
}

/** ` ON CLUSTER c`, or nothing. */
export const onClusterClause = ({ cluster }: Place): string =>
  cluster === null ? '' : ` ON CLUSTER ${quoteName(cluster)}`

/** @throws one of dbsvc's errors */
export async function run({ session }: Place, sql: string, options?: StatementOptions): Promise<void> {
  await session.run(sql, options).catch(refuse(session))
}

/** @throws one of dbsvc's errors */
export async function rows<Row>({ session }: Place, sql: string, options?: StatementOptions): Promise<Row[]> {
  return session.rows<Row>(sql, options).catch(refuse(session))
}

/** Runs it, and takes these of ClickHouse's error codes for success: another process has done it meanwhile. */
export async function runUnless(place: Place, codes: readonly number[], sql: string): Promise<void> {
  await place.session.run(sql).catch((error: unknown) => {
    if (!codes.includes(codeOf(error) ?? -1)) throw failureOf(error, place.session)
  })
}

const refuse = (session: Session) => (error: unknown) => {
  throw error instanceof DbsvcError ? error : failureOf(error, session)
}
