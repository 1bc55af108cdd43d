import pg from 'pg'
import type { TierLimits } from '../../../core/company/tier.ts'

/** The settings that hold a LOGIN role to its limits, as dbsvc.enter holds a signed context to them. */
export function loginLimits(limits: TierLimits): Readonly<Record<string, string>> {
  return {
    statement_timeout: `${limits.statementTimeoutMs}ms`,
    lock_timeout: `${limits.lockTimeoutMs}ms`,
    work_mem: `${limits.workMemKb}kB`,
    max_parallel_workers_per_gather: String(limits.parallelWorkers),
  }
}

/** Sessions that are open keep what they began with. */
export function renderLoginLimits(role: string, limits: TierLimits): string {
  return Object.entries(loginLimits(limits))
    .map(([name, value]) => `alter role ${pg.escapeIdentifier(role)} set ${name} = ${pg.escapeLiteral(value)};`)
    .join('\n')
}
