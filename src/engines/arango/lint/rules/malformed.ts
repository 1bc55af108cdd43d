import type { Rule } from '../rule.ts'

/** Reported by the linter. */
export const malformed: Rule = {
  id: 'malformed',
  severity: 'error',
  summary:
    'A migration cannot be compiled: a name that is not allowed, an unknown operation or member, code that does not load.',
  why: 'dbsvc migrate up stops at it (DBS-1302) before anything is run.',
  mend: 'Mend every fault that the message lists.',
}
