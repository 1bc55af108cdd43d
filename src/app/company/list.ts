import { parseCompanyId } from '../../core/company/id.ts'
import type { CompanySpec } from '../../core/company/spec.ts'
import type { CompanyFailure } from '../../core/errors/company.ts'
import type { DbsvcError } from '../../core/errors/error.ts'

export interface WantedCompany {
  readonly spec: CompanySpec
  /** Of the file that asks for it, from 1; null where no file does. */
  readonly line: number | null
}

export interface CreateFailure {
  /** As it was asked for; null where a line names none. */
  readonly company: string | null
  readonly line: number | null
  readonly error: DbsvcError
}

/** A failure as errors of the catalogue list it. */
export const factsOf = ({ company, line, error }: CreateFailure): CompanyFailure => ({
  company,
  line,
  code: error.code,
  reason: error.message,
})

/** Companies to be created, each once, and what was asked for and cannot be. */
export interface CompanyList {
  readonly wanted: readonly WantedCompany[]
  readonly faults: readonly CreateFailure[]
}

/** Companies named one by one; naming one twice is naming it. @throws DBS-1201 */
export function listOf(companies: Iterable<string>, parameters: Omit<CompanySpec, 'company'> = {}): CompanyList {
  const ids = [...new Set(companies)].map(parseCompanyId)
  return { wanted: ids.map((company) => ({ spec: { ...parameters, company }, line: null })), faults: [] }
}
