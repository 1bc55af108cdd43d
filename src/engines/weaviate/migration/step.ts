import type { StoreStep, StoreTarget } from '../../store.ts'
import type { Connection } from '../connection.ts'
import type { Operation } from './operation.ts'

/** What one step works with. */
export interface StepContext {
  readonly connection: Connection
  readonly target: StoreTarget
  /** Companies that have a place here. */
  readonly companies: () => Promise<readonly string[]>
  readonly signal: AbortSignal
  /** An earlier run began the step and nobody saw it end. */
  readonly inDoubt: boolean
}

/** One operation of a `.json` file, or the whole function of a `.ts` or `.js` one. */
export interface WeaviateStep extends StoreStep {
  readonly work: Operation | ModuleWork
}

export interface ModuleWork {
  readonly type: 'module'
  /** Absolute. */
  readonly file: string
  readonly run: (context: StepContext) => Promise<void>
}
