import type { LoadedConfig } from '../../config/load.ts'
import type { Facts } from '../../core/doctor/finding.ts'
import type { EngineName } from '../../core/engine.ts'
import type { Severity } from '../../core/severity.ts'
import type { Project } from '../project.ts'
import type { Session } from '../session.ts'

/** What a check has to look at. */
export interface Examination {
  readonly loaded: LoadedConfig
  readonly project: Project
  readonly signal: AbortSignal
  /** For what is told whether or not anything is wrong. */
  readonly facts: Facts
  /** The connection that checks share, one after the other. @throws DBS-1101, DBS-1102, DBS-1103 */
  session(): Promise<Session>
}

/** What is told of one kind of finding, by `--list` and docs/doctor.md. */
export interface FindingInfo {
  readonly severity: Severity
  /** What it means for the cluster and whoever runs it. */
  readonly means: string
  /** Whether doctor mends it: when `--fix` asks for it, or always. */
  readonly fix?: 'asked' | 'always'
}

/** One thing a check has seen. */
export interface Observation<Id extends string = string> {
  readonly id: Id
  /** Names the object and what is wrong with it. */
  readonly message: string
  /** In place of what is declared, where the engine knows better. */
  readonly means?: string
  /** A command that mends it; null where it takes a person to tell. */
  readonly mend: string | null
  /** What `--fix` does; it never drops data, and never changes what is not dbsvc's own. */
  readonly fix?: () => Promise<void>
  /** Mended already, where that goes without asking. */
  readonly fixed?: true
}

/** One check of `dbsvc doctor`. Another engine adds its own to checks/index.ts. */
export interface Check {
  readonly id: string
  /** Null where it is about this machine. */
  readonly engine: EngineName | null
  /** Another check, without whose success this one would only repeat what that one says. */
  readonly needs?: string
  /** One line: what it looks at. */
  readonly summary: string
  readonly findings: Readonly<Record<string, FindingInfo>>
  /** Returns what is wrong; nothing, if all is well. What it throws is told as a check that could not be run. */
  readonly look: (examination: Examination) => Promise<readonly Observation[]>
}

/** Ties what a check may see to the findings it declares. */
export function defineCheck<const Findings extends Readonly<Record<string, FindingInfo>>>(
  check: Omit<Check, 'findings' | 'look'> & {
    readonly findings: Findings
    readonly look: (examination: Examination) => Promise<readonly Observation<keyof Findings & string>[]>
  },
): Check {
  return check
}
