import type { ErrorCode } from '../errors/catalogue.ts'
import { DbsvcError } from '../errors/error.ts'

/** What a failed attempt leaves: nothing was sent, or it is not known what was done. */
export type Trace = 'unsent' | 'unknown'

const traces: Partial<Record<ErrorCode, Trace>> = {
  'DBS-1101': 'unsent',
  'DBS-1102': 'unsent',
  'DBS-1105': 'unknown',
  'DBS-2301': 'unsent',
  'DBS-2343': 'unsent',
}

/** Null for an error that is an answer, such as one of SQL: another way would only bring it again. */
export const traceOf = (error: unknown): Trace | null =>
  error instanceof DbsvcError ? (traces[error.code] ?? null) : null

// No connection was free, the company had its share, or the circuit was open: the engine was not asked.
const unasked: ReadonlySet<ErrorCode> = new Set(['DBS-2301', 'DBS-2302', 'DBS-2343'])

/** What an attempt says about the engine's health; null where it says nothing. */
export function verdictOn(error: unknown): 'alive' | 'failed' | null {
  if (error instanceof DbsvcError && unasked.has(error.code)) return null
  return traceOf(error) === null ? 'alive' : 'failed'
}

/** Whether a request may be sent again by another way: never where that could do a write twice. */
export const mayGoOn = (trace: Trace, repeatable: boolean): boolean => trace === 'unsent' || repeatable
