import type { TransactionStmtKind } from 'libpg-query'
import type { Rule } from '../rule.ts'
import { bothWays } from '../rule.ts'
import { as } from '../tree.ts'

const kinds: Partial<Record<TransactionStmtKind, string>> = {
  TRANS_STMT_BEGIN: 'BEGIN',
  TRANS_STMT_START: 'START TRANSACTION',
  TRANS_STMT_COMMIT: 'COMMIT',
  TRANS_STMT_ROLLBACK: 'ROLLBACK',
  TRANS_STMT_PREPARE: 'PREPARE TRANSACTION',
  TRANS_STMT_COMMIT_PREPARED: 'COMMIT PREPARED',
  TRANS_STMT_ROLLBACK_PREPARED: 'ROLLBACK PREPARED',
}

export const transactionControl: Rule = {
  id: 'transaction-control',
  severity: 'error',
  summary: 'BEGIN, COMMIT or ROLLBACK in a migration.',
  why: 'dbsvc commits a migration together with its ledger rows. A migration that ends the transaction would be applied and not recorded, so dbsvc refuses it (DBS-1504).',
  mend: 'Remove it; what must run outside a transaction goes into a .ts migration that says pgm.noTransaction().',
  directions: bothWays,
  *statement({ statement }) {
    const name = kinds[as(statement.node, 'TransactionStmt')?.kind ?? 'TRANS_STMT_SAVEPOINT']
    if (name !== undefined) yield { message: `${name} in a migration: dbsvc keeps a transaction of its own` }
  },
}
