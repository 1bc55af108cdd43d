import type { ProjectScope } from '../migration/scope.ts'
import type { Severity } from '../severity.ts'

/** One thing a lint rule found. */
export interface Finding {
  readonly rule: string
  readonly severity: Severity
  readonly message: string
  /** How to mend it. */
  readonly mend: string
  readonly scope: ProjectScope
  readonly migration: string
  readonly direction: 'up' | 'down'
  /** As the caller named the folder; absolute where that was. */
  readonly file: string
  /** From 1; null where the SQL does not stand in the file as it is sent, or the finding is about the whole file. */
  readonly line: number | null
  /** In UTF-16 code units, from 1. */
  readonly column: number | null
  /** The statement, or null where the finding is about the whole file. */
  readonly sql: string | null
}
