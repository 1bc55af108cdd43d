import { addedConstraints } from '../declared.ts'
import type { Rule } from '../rule.ts'

const kinds: Readonly<Record<string, string>> = {
  CONSTR_PRIMARY: 'primary key',
  CONSTR_UNIQUE: 'unique constraint',
  CONSTR_EXCLUSION: 'exclusion constraint',
}

export const uniqueWithoutIndex: Rule = {
  id: 'unique-without-index',
  severity: 'error',
  summary: 'A unique constraint or primary key is added to an existing table without USING INDEX.',
  why: 'Its index is built under a lock that stops reads and writes.',
  mend: 'CREATE UNIQUE INDEX CONCURRENTLY in a migration without transaction, then ADD CONSTRAINT … UNIQUE USING INDEX.',
  *statement({ statement, migration }, model) {
    for (const { table, constraint } of addedConstraints(statement)) {
      const kind = kinds[constraint.contype ?? '']
      if (kind === undefined || constraint.indexname !== undefined || !model.isExisting(table, migration)) continue
      yield { message: `the ${kind} builds its index on ${model.nameOf(table)} under a lock`, at: constraint.location }
    }
  },
}
