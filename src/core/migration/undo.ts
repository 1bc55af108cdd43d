import type { MigrationFile } from './file.ts'
import type { ProjectScope } from './scope.ts'
import { countUpTo } from './select.ts'

/** How far back: so many migrations of each target, or to where this version is the last one applied; '0' undoes all. */
export type Back = { readonly steps: number } | { readonly to: string }

export interface UndoRequest {
  readonly scope: ProjectScope
  readonly back: Back
  /** Whether what is undone is applied again. */
  readonly again: boolean
}

/** The way of one target. */
export interface Retreat {
  /** How many migrations it has now. */
  readonly applied: number
  /** How many it keeps. */
  readonly keep: number
  /** How many it ends with. */
  readonly end: number
}

/**
 * What is left to do for a target that has `applied` migrations and of which the run has undone `undone` already; undefined when
 * that is nothing.
 */
export function retreatOf(
  folders: Readonly<Record<ProjectScope, readonly MigrationFile[]>>,
  { scope, back, again }: UndoRequest,
  applied: number,
  undone: ReadonlySet<string>,
): Retreat | undefined {
  const files = folders[scope]
  // What was undone and applied again is through; what was undone stands behind what is applied.
  const missing = files.slice(applied).filter(({ name }) => undone.has(name)).length
  if (again && missing < undone.size) return undefined
  const start = applied + missing
  const keep =
    'steps' in back
      ? Math.max(0, start - back.steps)
      : Math.min(applied, /^0+$/.test(back.to) ? 0 : countUpTo(folders, [scope], back.to)[scope])
  const end = again ? start : keep
  return applied === keep && applied === end ? undefined : { applied, keep, end }
}
