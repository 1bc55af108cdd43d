import type { Rule } from '../rule.ts'

/** Reported by the linter. */
export const suppressionWithoutReason: Rule = {
  id: 'suppression-without-reason',
  severity: 'error',
  summary: 'A comment `dbsvc: allow` without a rule or without a reason; it suppresses nothing.',
  why: 'Whoever reads the file later must be able to judge whether the reason still holds.',
  mend: 'Write: -- dbsvc: allow <rule> because <reason>',
}
