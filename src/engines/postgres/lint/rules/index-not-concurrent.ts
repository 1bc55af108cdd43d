import type { Rule } from '../rule.ts'
import { allOf, as } from '../tree.ts'

export const indexNotConcurrent: Rule = {
  id: 'index-not-concurrent',
  severity: 'error',
  tenantSeverity: 'warning',
  summary: 'An index is built on an existing table without CONCURRENTLY.',
  why: "The table takes no writes until the index is built. For a company's own, small table that may be better than leaving the batches for one company after the other, as CONCURRENTLY must.",
  mend: 'CREATE INDEX CONCURRENTLY in a .ts migration that says pgm.noTransaction().',
  *statement({ statement, migration }, model) {
    const create = as(statement.node, 'IndexStmt')
    if (create !== undefined && create.concurrent !== true && model.isExisting(create.relation, migration)) {
      const table = create.relation === undefined ? 'the table' : model.nameOf(create.relation)
      yield { message: `${table} takes no writes while ${create.idxname ?? 'the index'} is built` }
    }
    const reindex = as(statement.node, 'ReindexStmt')
    if (reindex !== undefined && !allOf(reindex.params, 'DefElem').some(({ defname }) => defname === 'concurrently')) {
      yield { message: 'REINDEX without CONCURRENTLY stops writes, and reads that use the index' }
    }
  },
}
