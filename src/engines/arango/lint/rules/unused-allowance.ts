import type { Rule } from '../rule.ts'

/** Reported by the linter. */
export const unusedAllowance: Rule = {
  id: 'unused-allowance',
  severity: 'warning',
  summary: 'An `allow` that suppresses nothing, or names a rule that does not exist.',
  why: 'It would hide the next mistake of its kind without anyone having thought about that one.',
  mend: 'Remove it, or move it to the operation that it is about.',
}
