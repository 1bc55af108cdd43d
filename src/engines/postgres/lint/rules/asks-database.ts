import type { Rule } from '../rule.ts'

/** Reported by the linter, which has no SQL to show to a rule. */
export const asksDatabase: Rule = {
  id: 'asks-database',
  severity: 'info',
  summary: 'A file that asks the database while it is built, so that no rule can read it.',
  why: 'Its SQL depends on the target: dbsvc builds it for each one by itself, and lint has none to build it for.',
  mend: 'Put the question into the SQL, as a condition or a DO block, so that the file has one text for all targets.',
}
