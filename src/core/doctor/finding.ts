import type { Severity } from '../severity.ts'

/** One thing doctor found. */
export interface Finding {
  /** Names the kind, such as `secret-mode`; docs/doctor.md has them all. */
  readonly id: string
  readonly check: string
  readonly severity: Severity
  /** Names the object and what is wrong with it. */
  readonly message: string
  /** What that means for the cluster and whoever runs it. */
  readonly means: string
  /** A command that mends it; null where it takes a person to tell. */
  readonly mend: string | null
  /** Whether `--fix` mends it. */
  readonly fixable: boolean
  /** Whether it has been mended. */
  readonly fixed: boolean
}

/** What became of a check: `failed` could not be run, `skipped` rests on one that found an error. */
export interface CheckReport {
  readonly id: string
  readonly outcome: 'passed' | 'found' | 'failed' | 'skipped'
  readonly durationMs: number
}

/** What is told of a cluster whether or not anything is wrong; null or absent where it could not be learned. */
export interface Facts {
  serverVersion?: string
  /** Of the other engines, by name. */
  stores?: Readonly<Record<string, string>>
  companies?: number
  databaseBytes?: number
  /** On the fullest of the file systems that the server's data and its log of changes lie on. */
  freeDiskBytes?: number | null
  /** The server's clock minus this machine's. */
  clockOffsetMs?: number
}
