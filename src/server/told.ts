import type { ErrorCode } from '../core/errors/catalogue.ts'
import { DbsvcError } from '../core/errors/error.ts'

const place = 'its configured address'
const reason = 'the log of dbsvc serve says why'

/** Errors that say where engines are, who dbsvc is to them, or what they answered to that, in words that say nothing of it. */
const inOtherWords: Partial<Record<ErrorCode, (details: { readonly engine?: string }) => DbsvcError>> = {
  'DBS-1003': () => DbsvcError.of('DBS-1003', { path: 'a file of dbsvc serve', reason }),
  'DBS-1101': ({ engine = '' }) => DbsvcError.of('DBS-1101', { engine, place, reason }),
  'DBS-1102': ({ engine = '' }) => DbsvcError.of('DBS-1102', { engine, place, user: 'of dbsvc', reason }),
  'DBS-1103': ({ engine = '' }) =>
    DbsvcError.of('DBS-1103', { engine, place, found: 'too old', wanted: 'a newer one' }),
  'DBS-1104': () => DbsvcError.of('DBS-1104', { place, user: 'of dbsvc', missing: reason }),
  'DBS-1105': () => DbsvcError.of('DBS-1105', { place: 'the database', reason }),
  'DBS-1107': ({ engine = '' }) => DbsvcError.of('DBS-1107', { engine, place, reason }),
}

/** What a caller is told of an error; whoever runs the router has the log for the rest. */
export function toldOf(error: DbsvcError): DbsvcError {
  return inOtherWords[error.code]?.(error.details) ?? error
}

export const isToldInOtherWords = (error: unknown): boolean =>
  error instanceof DbsvcError && inOtherWords[error.code] !== undefined

/** The same in one line, for what a database has failed with. */
export function reasonToTell(error: unknown): string {
  if (!(error instanceof DbsvcError)) return 'it did not answer'
  return toldOf(error).message
}
