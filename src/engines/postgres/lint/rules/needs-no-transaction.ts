import type { Node } from 'libpg-query'
import type { Rule } from '../rule.ts'
import { bothWays } from '../rule.ts'
import { allOf, alterations, as } from '../tree.ts'

export const needsNoTransaction: Rule = {
  id: 'needs-no-transaction',
  severity: 'error',
  summary: 'CONCURRENTLY, VACUUM and the like inside a transaction.',
  why: 'PostgreSQL refuses them in a transaction block, and several statements sent in one text are one.',
  mend: 'Write a .ts migration that says pgm.noTransaction(), with one such statement in each pgm.sql().',
  directions: bothWays,
  *statement({ statement, sql, step }) {
    const what = [...alterations(statement, 'AT_DetachPartition')].some(
      ({ command }) => as(command.def, 'PartitionCmd')?.concurrent === true,
    )
      ? 'DETACH PARTITION CONCURRENTLY'
      : statementName(statement.node)
    if (what === undefined) return
    if (sql.transaction) yield { message: `${what} cannot run inside a transaction` }
    else if (step.statements.length > 1) yield { message: `${what} shares one text with other statements` }
  },
}

function statementName(node: Node): string | undefined {
  if (as(node, 'IndexStmt')?.concurrent === true) return 'CREATE INDEX CONCURRENTLY'
  if (as(node, 'DropStmt')?.concurrent === true) return 'DROP INDEX CONCURRENTLY'
  if (allOf(as(node, 'ReindexStmt')?.params, 'DefElem').some(({ defname }) => defname === 'concurrently')) {
    return 'REINDEX CONCURRENTLY'
  }
  if (as(node, 'VacuumStmt')?.is_vacuumcmd === true) return 'VACUUM'
  if (as(node, 'AlterSystemStmt') !== undefined) return 'ALTER SYSTEM'
  if (as(node, 'CreatedbStmt') !== undefined) return 'CREATE DATABASE'
  return as(node, 'DropdbStmt') === undefined ? undefined : 'DROP DATABASE'
}
