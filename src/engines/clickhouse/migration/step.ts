import type { StoreStep } from '../../store.ts'
import type { SqlStatement } from '../sql/statement.ts'

/** One statement of a migration. */
export interface SqlStep extends StoreStep {
  readonly statement: SqlStatement
  /** Names the statement among all that were ever compiled; the same for the same text of the same migration. */
  readonly token: string
}

/** Where a statement was begun. */
export interface DoubtTarget {
  readonly company: string
  /** Where unqualified names lead. */
  readonly database: string
}
