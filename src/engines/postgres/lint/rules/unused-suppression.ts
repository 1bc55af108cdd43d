import type { Rule } from '../rule.ts'

/** Reported by the linter. */
export const unusedSuppression: Rule = {
  id: 'unused-suppression',
  severity: 'warning',
  summary: 'A comment `dbsvc: allow` that suppresses nothing, or names a rule that does not exist.',
  why: 'It would hide the next mistake of its kind without anyone having thought about that one.',
  mend: 'Remove the comment, or move it right above the statement that it is about.',
}
