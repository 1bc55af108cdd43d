import type { Rule } from '../rule.ts'

export const unprotectedMissingTable: Rule = {
  id: 'unprotected-missing-table',
  severity: 'error',
  summary: 'A table is declared unprotected that no migration makes.',
  why: 'The declaration waits for a table of that name: the next one who makes it gets it unprotected without knowing. Most often it is a slip of the pen, and the table that was meant stays closed.',
  mend: 'Write the name of a table that this migration makes, without its schema, or remove the comment.',
  *migration({ exemptions, text, up }, model) {
    if (!up.readable) return
    for (const { table } of exemptions) {
      if (model.relations.has(table)) continue
      const line =
        text.split('\n').findIndex((candidate) => /dbsvc:\s*unprotected/.test(candidate) && candidate.includes(table)) +
        1
      yield { message: `${table} is declared unprotected, and there is no such table`, line }
    }
  },
}
