import type { AskedRebuild } from './operation.ts'
import type { StepContext } from './step.ts'

export interface Rebuild extends AskedRebuild {
  /** Properties of an object of the new class, from those of the old one; comes after `rename` and `drop`. */
  readonly map?: (properties: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
}

export type RebuildContext = Pick<StepContext, 'connection' | 'companies' | 'signal'>

/** One pass over all objects of a class. */
export interface CopyPass {
  readonly rebuild: Rebuild
  readonly hasTenants: boolean
  /** Tenants to deactivate again. */
  readonly inactive: ReadonlySet<string>
  /** Milliseconds since 1970: objects that were last written before it are left alone. */
  readonly since: number
  /** Whether what the old class does not have is removed from the new one. */
  readonly removes: boolean
}
