import type { Rule } from '../rule.ts'

/** Raised by the linter, for comments that nothing answers to. */
export const unusedSuppression: Rule = {
  id: 'clickhouse-unused-suppression',
  severity: 'warning',
  summary: 'A suppression of something that is not found there.',
  why: 'It would hide the next thing that is.',
  mend: 'Take it out, or move it in front of its statement.',
}
