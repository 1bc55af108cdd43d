import type { EngineName } from '../../core/engine.ts'
import type { CacheCounts } from '../cache/response-cache.ts'
import type { SharedState } from '../cache/shared-layer.ts'
import type { CircuitState } from '../fallback/circuits.ts'
import type { GuardCounts } from '../guard/verdict.ts'

/** What the parts of the router count of themselves. */
export interface RouterFigures {
  readonly cache: CacheCounts
  /** Null without a layer that routers share. */
  readonly sharedCache: SharedState | null
  readonly guard: GuardCounts
  /** Of each configured engine. */
  readonly circuits: ReadonlyMap<EngineName, CircuitState>
  /** How many companies are connected to a store that each reaches as its own user. */
  readonly companiesInStores: ReadonlyMap<EngineName, number>
}
