import type { Rule } from '../rule.ts'

export const noWayDown: Rule = {
  id: 'weaviate-no-way-down',
  severity: 'warning',
  summary: 'A migration without a way down.',
  why: 'dbsvc migrate down stops at it.',
  mend: 'Write down what undoes it; "down": [] where there is nothing to undo.',
  *find({ name, hasWayDown }) {
    if (!hasWayDown) yield { message: `${name} cannot be undone`, line: null }
  },
}
