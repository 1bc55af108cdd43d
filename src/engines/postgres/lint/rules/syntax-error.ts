import type { Rule } from '../rule.ts'

/** Reported by the linter, which has no tree to show to a rule. */
export const syntaxError: Rule = {
  id: 'syntax-error',
  severity: 'error',
  summary: "SQL that PostgreSQL's grammar refuses.",
  why: 'The migration would fail on its first target, and nothing else in the same text was looked at.',
  mend: 'Mend the statement at the place named.',
}
