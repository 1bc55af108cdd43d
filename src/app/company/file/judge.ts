import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { parseCompanyId } from '../../../core/company/id.ts'
import type { CompanySpec } from '../../../core/company/spec.ts'
import { DbsvcError } from '../../../core/errors/error.ts'
import type { CompanyList, CreateFailure, WantedCompany } from '../list.ts'
import type { Row } from './row.ts'
import { judgeSpec, type Parameters } from './spec.ts'

const named = z.looseObject({ company: z.string() })

/** Tells the companies of a file from its faults; an id that was on an earlier line, good or bad, is one. */
export function judgeRows(file: string, rows: readonly Row[], defaults: Parameters): CompanyList {
  const wanted: WantedCompany[] = []
  const faults: CreateFailure[] = []
  const firstRows = new Map<string, { readonly line: number; readonly value: unknown }>()

  for (const row of rows) {
    const { line } = row
    const value = 'value' in row ? row.value : undefined
    const company = named.safeParse(value).data?.company ?? null
    const first = company === null ? undefined : firstRows.get(company)
    if (company !== null && first === undefined) firstRows.set(company, { line, value })
    const verdict = 'reason' in row ? row : first === undefined ? judgeValue(value, defaults) : repeated(value, first)
    if ('spec' in verdict) wanted.push({ spec: verdict.spec, line })
    else faults.push({ company, line, error: DbsvcError.of('DBS-1209', { file, line, reason: verdict.reason }) })
  }
  return { wanted, faults }
}

type Verdict = { readonly spec: CompanySpec } | { readonly reason: string }

function judgeValue(value: unknown, defaults: Parameters): Verdict {
  const verdict = judgeSpec({ ...defaults, ...(value as object) })
  if ('reason' in verdict) return verdict
  try {
    parseCompanyId(verdict.spec.company)
    return verdict
  } catch (error) {
    if (error instanceof DbsvcError) return { reason: error.message }
    throw error
  }
}

function repeated(value: unknown, first: { readonly line: number; readonly value: unknown }): Verdict {
  const how = isDeepStrictEqual(value, first.value) ? 'just the same' : 'with other values'
  return { reason: `the company is on line ${first.line} already, ${how}` }
}
