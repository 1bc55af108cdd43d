export type OverallStatus = 'healthy' | 'degraded' | 'unhealthy'

export type IsolationStatus = 'healthy' | 'degraded' | 'unknown'

export interface Signs {
  /** Whether PostgreSQL answers; null before it was asked. */
  readonly ledgerAnswers: boolean | null
  /** The same of every other engine that is configured. */
  readonly storesAnswer: readonly (boolean | null)[]
  /** Null where nobody looks. */
  readonly isolation: IsolationStatus | null
  /** Of the last minute; null without a request. */
  readonly errorRatePercent: number | null
}

const mostErrorsPercent = 5

/**
 * Unhealthy: PostgreSQL does not answer, or companies are not isolated. Degraded: another engine does not answer, something is not
 * known yet, or 5 % of the requests of the last minute and more have failed.
 */
export function overallStatus({ ledgerAnswers, storesAnswer, isolation, errorRatePercent }: Signs): OverallStatus {
  if (ledgerAnswers === false || isolation === 'degraded') return 'unhealthy'
  const answered = ledgerAnswers === true && storesAnswer.every((answers) => answers === true)
  if (!answered || isolation === 'unknown' || (errorRatePercent ?? 0) >= mostErrorsPercent) return 'degraded'
  return 'healthy'
}
