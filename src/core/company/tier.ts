/** What a company has subscribed to. */
export type TierName = 'free' | 'pro' | 'enterprise'

/** What one statement of a company may cost. */
export interface TierLimits {
  readonly statementTimeoutMs: number
  readonly lockTimeoutMs: number
  readonly workMemKb: number
  readonly parallelWorkers: number
}
