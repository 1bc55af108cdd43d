import type { Rule } from '../rule.ts'

export const malformed: Rule = {
  id: 'weaviate-malformed',
  severity: 'error',
  summary:
    'A document that is no migration: not JSON, an unknown operation or setting, a name that Weaviate does not take.',
  why: 'dbsvc migrate refuses the file; Weaviate itself would ignore a setting that it does not know.',
  mend: 'docs/weaviate.md has every operation with its settings.',
  *find({ faults }) {
    for (const { line, problem } of faults) yield { message: problem, line }
  },
}
