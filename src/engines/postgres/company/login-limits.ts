import pg from 'pg'
import type { LoginLimits } from '../../../core/company/tier.ts'

const { escapeIdentifier: identifier, escapeLiteral: literal } = pg

/** Only a superuser may set it, or whoever was granted that. */
export const tempFileLimit = 'temp_file_limit'
const settings: Readonly<Record<string, (limits: LoginLimits) => string>> = {
  statement_timeout: ({ statementTimeoutMs }) => `${statementTimeoutMs}ms`,
  lock_timeout: ({ lockTimeoutMs }) => `${lockTimeoutMs}ms`,
  work_mem: ({ workMemKb }) => `${workMemKb}kB`,
  max_parallel_workers_per_gather: ({ parallelWorkers }) => String(parallelWorkers),
  [tempFileLimit]: ({ tempFileKb }) => `${tempFileKb}kB`,
}

/** The settings that a LOGIN role is held to its limits by, as dbsvc.enter holds a signed context to them. */
export const loginLimitNames: readonly string[] = Object.keys(settings)

/** Their values, as they are given to the role. */
export function loginLimits(limits: LoginLimits): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(settings).map(([name, valueFor]) => [name, valueFor(limits)]))
}

/** Sessions that are open keep what they began with. Where the rights lack, temporary files are left without a limit. */
export function renderLoginLimits(role: string, limits: LoginLimits): string {
  const settingsOfRole = Object.entries(loginLimits(limits)).map(([name, value]) => {
    const statement = `alter role ${identifier(role)} set ${name} = ${literal(value)};`
    return name === tempFileLimit ? renderWherePermitted(statement) : statement
  })
  return [`alter role ${identifier(role)} connection limit ${limits.loginConnections};`, ...settingsOfRole].join('\n')
}

/** Runs it where the user may set temp_file_limit. */
export const renderWherePermitted = (statement: string): string =>
  `do $dbsvc$ begin if has_parameter_privilege('${tempFileLimit}', 'set') then ${statement} end if; end $dbsvc$;`
