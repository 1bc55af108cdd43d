import { ExitCode } from '../exit-codes.ts'
import { define } from './define.ts'

/** What operations of `dbsvc serve` find wrong with a request. */
export const operationErrors = {
  'DBS-2401': define<{ engine: string }>({
    exit: ExitCode.Refused,
    summary: 'An engine that a request needs is not configured.',
    message: ({ engine }) => `${engine} is not configured here`,
    hint: ({ engine }) => `set ${engine}.url`,
  }),
}
