import type { Rule } from '../rule.ts'

/** Raised by the linter, which cannot split such a text. */
export const syntaxError: Rule = {
  id: 'clickhouse-syntax-error',
  severity: 'error',
  summary: 'A string, a quoted name or a comment is not closed.',
  why: 'Where its statement ends cannot be told, so none of the migration is run (DBS-1302).',
  mend: 'Close it.',
}
