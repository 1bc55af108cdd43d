import type { EngineName } from '../../core/engine.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import type { Difference } from '../../core/structure/diff.ts'
import type { Structure } from '../../core/structure/object.ts'

/** What a structure is held against: what most of its version have, or what the migrations make today. */
export type Against = 'majority' | 'build'

export interface DriftOptions {
  readonly scope: ProjectScope
  readonly engine: EngineName
  readonly against: Against
  /** Only these companies are reported; all when there are none. */
  readonly tenants: readonly string[]
  readonly signal: AbortSignal
}

/** Companies that differ from their reference in the same way. */
export interface Outlier {
  /** `['']` for the shared scope. */
  readonly companies: readonly string[]
  readonly fingerprint: string
  readonly differences: readonly Difference[]
}

/** Targets with one ledger; companies with a LOGIN role apart from those without. */
export interface DriftGroup {
  readonly scope: ProjectScope
  /** Null before the first migration. */
  readonly version: string | null
  readonly history: string
  readonly login: boolean
  readonly targets: number
  /** `most frequent` where there is neither a majority nor a folder that this ledger could be built from. */
  readonly reference: Against | 'most frequent'
  readonly fingerprint: string
  /** The whole structure that the outliers were held against. */
  readonly expected: Structure
  readonly outliers: readonly Outlier[]
}

export interface Drift {
  readonly place: string
  readonly scope: ProjectScope
  readonly targets: number
  readonly drifted: number
  /** Companies that are being created or dropped, and so have no structure yet or any more. */
  readonly skipped: readonly string[]
  readonly groups: readonly DriftGroup[]
}
