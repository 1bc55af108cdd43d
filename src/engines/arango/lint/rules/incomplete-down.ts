import type { Operation } from '../../migration/operation.ts'
import type { Rule } from '../rule.ts'

const undoneBy: Readonly<Partial<Record<Operation['name'], Operation['name']>>> = {
  createCollection: 'dropCollection',
  createGraph: 'dropGraph',
  createAnalyzer: 'dropAnalyzer',
  createView: 'dropView',
}

export const incompleteDown: Rule = {
  id: 'incomplete-down',
  severity: 'warning',
  summary: 'A way down leaves something that the way up has made.',
  why: 'The next way up finds it, and the structure after a way down is not what it was before: drift.',
  mend: 'Remove it in the way down too.',
  *migration(migration) {
    if (!migration.hasDown) return
    for (const defined of migration.up) {
      const { name: done, asked } = defined.operation
      const undo = undoneBy[done]
      if (undo === undefined) continue
      const isUndone = migration.down.some(
        ({ operation }) => operation.name === undo && operation.asked.name === asked.name,
      )
      if (!isUndone)
        yield { message: `the way down has no ${undo} ${asked.name}`, at: { migration, direction: 'up', defined } }
    }
  },
}
