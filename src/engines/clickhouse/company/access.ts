import { createHash } from 'node:crypto'
import type { TierLimits } from '../../../core/company/tier.ts'
import { companyRole, databaseOf } from '../names.ts'
import { quoteName, quoteString } from '../sql/quote.ts'

// Statements about a company's user. `on` is ` ON CLUSTER …`, or nothing. Each can be repeated.

/** What a company's profile fixes. */
export const constantSettings = [
  'max_execution_time',
  'max_memory_usage',
  'allow_ddl',
  'allow_introspection_functions',
  'query_cache_share_between_users',
  'SQL_company_id',
] as const

/**
 * CONST: a company can change none of these. With allow_ddl = 0 it cannot even define what it may read; the custom setting is for
 * policies that a project writes itself.
 */
function profileSettings(company: string, { statementTimeoutMs, queryMemoryKb }: TierLimits): string {
  const values: Readonly<Record<(typeof constantSettings)[number], string>> = {
    // In whole seconds.
    max_execution_time: String(Math.ceil(statementTimeoutMs / 1000)),
    max_memory_usage: String(queryMemoryKb * 1024),
    allow_ddl: '0',
    allow_introspection_functions: '0',
    query_cache_share_between_users: '0',
    SQL_company_id: quoteString(company),
  }
  return constantSettings.map((name) => `${name} = ${values[name]} CONST`).join(', ')
}

export function profileStatements(company: string, limits: TierLimits, on: string): string[] {
  const name = quoteName(databaseOf(company))
  const settings = profileSettings(company, limits)
  return [
    `CREATE SETTINGS PROFILE IF NOT EXISTS ${name}${on} SETTINGS ${settings}`,
    `ALTER SETTINGS PROFILE ${name}${on} SETTINGS ${settings}`,
  ]
}

export function quotaStatements(company: string, { queriesPerHour }: TierLimits, on: string): string[] {
  const name = quoteName(databaseOf(company))
  const limit = `FOR INTERVAL 1 hour MAX queries = ${queriesPerHour} TO ${name}`
  return [`CREATE QUOTA IF NOT EXISTS ${name}${on} ${limit}`, `ALTER QUOTA ${name}${on} ${limit}`]
}

/** The server is told a hash, so that no log of its statements holds the password. */
export function userStatements(company: string, password: string, on: string): string[] {
  const name = quoteName(databaseOf(company))
  const hash = createHash('sha256').update(password).digest('hex')
  const rest = `IDENTIFIED WITH sha256_hash BY ${quoteString(hash)} DEFAULT DATABASE ${name} SETTINGS PROFILE ${quoteString(databaseOf(company))}`
  return [`CREATE USER IF NOT EXISTS ${name}${on} ${rest}`, `ALTER USER ${name}${on} ${rest}`]
}

/** Its own database, and through the role the shared tables. No table function, no DDL. */
export function grantStatements(company: string, on: string): string[] {
  const name = quoteName(databaseOf(company))
  return [`GRANT${on} SELECT, INSERT ON ${name}.* TO ${name}`, `GRANT${on} ${quoteName(companyRole)} TO ${name}`]
}

/** Without host nobody can log in; without rights a connection that is open is of no use either. */
export function lockStatements(company: string, on: string): string[] {
  const name = quoteName(databaseOf(company))
  return [
    `ALTER USER IF EXISTS ${name}${on} HOST NONE`,
    `REVOKE${on} ALL ON *.* FROM ${name}`,
    `REVOKE${on} ${quoteName(companyRole)} FROM ${name}`,
  ]
}

export const unlockStatement = (company: string, on: string): string =>
  `ALTER USER ${quoteName(databaseOf(company))}${on} HOST ANY`

export const killStatement = (company: string, on: string): string =>
  `KILL QUERY${on} WHERE user = ${quoteString(databaseOf(company))} SYNC`

export function dropStatements(company: string, on: string): string[] {
  const name = quoteName(databaseOf(company))
  return [
    `DROP USER IF EXISTS ${name}${on}`,
    `DROP QUOTA IF EXISTS ${name}${on}`,
    `DROP SETTINGS PROFILE IF EXISTS ${name}${on}`,
  ]
}
