import pg from 'pg'
import type { StatementLimits } from '../../../core/company/tier.ts'

const settings: Readonly<Record<string, (limits: StatementLimits) => string>> = {
  statement_timeout: ({ statementTimeoutMs }) => `${statementTimeoutMs}ms`,
  lock_timeout: ({ lockTimeoutMs }) => `${lockTimeoutMs}ms`,
  work_mem: ({ workMemKb }) => `${workMemKb}kB`,
  max_parallel_workers_per_gather: ({ parallelWorkers }) => String(parallelWorkers),
}

/** The settings that a LOGIN role is held to its limits by, as dbsvc.enter holds a signed context to them. */
export const loginLimitNames: readonly string[] = Object.keys(settings)

/** Their values, as they are given to the role. */
export function loginLimits(limits: StatementLimits): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(settings).map(([name, valueFor]) => [name, valueFor(limits)]))
}

/** Sessions that are open keep what they began with. */
export function renderLoginLimits(role: string, limits: StatementLimits): string {
  return Object.entries(loginLimits(limits))
    .map(([name, value]) => `alter role ${pg.escapeIdentifier(role)} set ${name} = ${pg.escapeLiteral(value)};`)
    .join('\n')
}
