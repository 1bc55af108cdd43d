import { placeOf } from '../../core/company/id.ts'

/**
 * Holds what all companies share. It is not `default`, where whoever connects without a database leaves tables of their own: what
 * is granted to companies here is only what a shared migration has made.
 */
export const sharedDatabase = 'shared'

/** Where a table of the shared database keeps whose row it is. */
export const companyColumn = 'company_id'

/** A company's database; its user, settings profile and quota have the same name. */
export const databaseOf = placeOf

const prefix = placeOf('')

/** The company of a database that has the form of one, else null. */
export const companyOf = (database: string): string | null =>
  database.startsWith(prefix) && database.length > prefix.length ? database.slice(prefix.length) : null

/** Length of what stands before a company's name, plus one: where `substring` begins. */
export const companyStart = prefix.length + 1
export const companyPrefix = prefix

/** The role that may use the shared tables; every company's user has it. */
export const companyRole = 'dbsvc_company'

/** On each shared table with a company: nobody but dbsvc reads any rows but those of their own. */
export const restrictivePolicy = 'dbsvc_company_only'
/** A server may be set to show nothing to users that no permissive policy names. */
export const permissivePolicy = 'dbsvc_rows'
/** Row policies do not hold for inserts; a constraint does. */
export const insertConstraint = 'dbsvc_company_only'
