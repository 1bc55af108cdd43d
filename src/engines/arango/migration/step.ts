import type { Database } from 'arangojs'
import type { StoreMigration, StoreStep } from '../../store.ts'
import type { Allowances, Operation } from './operation.ts'

/** What a .ts or .js migration is given. */
export interface ScriptContext {
  /** The company's database, or the shared one, for the user that dbsvc connects as. */
  readonly db: Database
  /** '' for the shared scope. */
  readonly company: string
  /** Aborted when the run is given up. */
  readonly signal: AbortSignal
}

export type Script = (context: ScriptContext) => Promise<unknown> | unknown

/** One request that changes something, or the whole of a .ts or .js migration. */
export type ArangoStep = StoreStep &
  (
    | { readonly operation: Operation; readonly allow: Allowances; readonly script?: never }
    | { readonly script: Script; readonly operation?: never }
  )

export interface ArangoMigration extends StoreMigration {
  readonly steps: readonly ArangoStep[]
}
