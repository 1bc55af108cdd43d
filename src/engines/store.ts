import type { Config } from '../config/schema.ts'
import type { TierLimits } from '../core/company/tier.ts'
import type { EngineName } from '../core/engine.ts'
import type { Finding } from '../core/lint/finding.ts'
import type { RuleInfo } from '../core/lint/rule.ts'
import type { MigrationFile } from '../core/migration/file.ts'
import type { ProjectScope } from '../core/migration/scope.ts'
import type { Severity } from '../core/severity.ts'
import type { Structure } from '../core/structure/object.ts'
import type { EngineVitals } from './vitals.ts'

/** The engines beside PostgreSQL, which holds the registry and the ledger of all of them. */
export type StoreName = Exclude<EngineName, 'postgres'>

/** How a store differs; the use-cases ask these and never its name. */
export interface StoreCapabilities {
  /** What a company's place is. */
  readonly place: 'database' | 'key space' | 'tenant'
  /** Whether there are migrations; a store without a schema has none. */
  readonly migrations: boolean
  /** How many companies `provision` takes at once at most. */
  readonly provisionBatch: number
  /** How many targets dbsvc works on at the same time. */
  readonly concurrency: number
}

/**
 * One engine, before anything of it is loaded: only `connect` and `compile` import its client library. The registry
 * (registry.ts) has one for each.
 */
export interface StoreEngine {
  readonly name: StoreName
  /** As people write it, such as `ClickHouse`. */
  readonly title: string
  readonly capabilities: StoreCapabilities
  /** File extensions of its migrations, such as `.sql`. */
  readonly extensions: readonly string[]
  /** host:port, or the folder of an embedded one; null where the configuration names none, so that it is not used. */
  placeIn(config: Config): string | null
  /** @throws DBS-1101, DBS-1102, DBS-1103, and DBS-1106 for a package that is not installed */
  connect(context: StoreContext): Promise<Store>
  /**
   * Compiles the files that `wanted` names, in the order of `folder`, without a server.
   * @throws DBS-1302 a file that cannot be loaded, DBS-1303 a way down that does not exist
   */
  compile(
    folder: readonly MigrationFile[],
    wanted: ReadonlySet<string>,
    direction: 'up' | 'down',
    config: Config,
  ): Promise<StoreMigration[]>
  /** What finds the unsafe in its migrations, loaded when it is asked for. */
  readonly linter?: () => Promise<EngineLinter>
}

/** The lint rules of one engine; ids are its own. */
export interface EngineLinter {
  readonly rules: readonly RuleInfo[]
  /** Looks at one scope's whole folder by the rules with these ids. A file that cannot be read is a finding and no error. */
  lint(
    folder: readonly MigrationFile[],
    scope: ProjectScope,
    chosen: ReadonlySet<string>,
    config: Config,
  ): Promise<Finding[]>
}

/** What a connection is made with. */
export interface StoreContext {
  readonly config: Config
  /** Names the work to whoever looks at the server, such as `dbsvc tenant create`. */
  readonly application: string
  /** The password of a company's own user: always the same one, derived from a key in the secret store. */
  readonly passwordOf: (company: string) => Promise<string>
}

/** A company, as a store needs to know it. */
export interface StoreCompany {
  readonly company: string
  /** Its tier's limits, with its own exceptions. */
  readonly limits: TierLimits
}

/** What a migration is applied to. */
export interface StoreTarget {
  readonly scope: ProjectScope
  /** '' for the shared scope. */
  readonly company: string
}

/** One statement or request of a migration, as far as anybody else needs to know it; each store extends it. */
export interface StoreStep {
  /** What is sent, as people read it. */
  readonly text: string
  /** Where it begins in the file, from 1; null where it does not stand there. */
  readonly line: number | null
}

/** One direction of a migration, in steps that are known to be done one by one. */
export interface StoreMigration extends MigrationFile {
  readonly steps: readonly StoreStep[]
}

/** What a store knows of one company's place. Null where it cannot tell. */
export interface StoreFacts {
  /** Such as `database tenant_company_abc`. */
  readonly place: string
  readonly sizeBytes: number | null
  /** Rows, objects, documents or keys. */
  readonly items: number | null
  /** What `items` counts, such as `rows`. */
  readonly itemKind: string
  readonly connections: number | null
  /** ISO 8601. */
  readonly lastActivityAt: string | null
}

/** What an engine says of itself. */
export interface StoreHealth {
  readonly version: string
  /** Such as `chDB` for an embedded one, `stand-in` for one of the tests; null for a server. */
  readonly kind: string | null
  /** What dbsvc asks for and this server cannot do, in words; empty where it does everything. */
  readonly lacks: readonly string[]
  /** Whether it keeps companies apart by itself, each behind a user of its own, or dbsvc alone does. */
  readonly separates: boolean
}

/** Something wrong that a store has seen in itself. */
export interface StoreObservation {
  /** Such as `clickhouse-open-row-policy`; unique over all engines. */
  readonly id: string
  readonly severity: Severity
  /** Names the object and what is wrong with it. */
  readonly message: string
  /** What it means for the cluster and whoever runs it. */
  readonly means: string
  /** A command that mends it; null where it takes a person to tell. */
  readonly mend: string | null
  /** What `dbsvc doctor --fix` does; it never drops data. */
  readonly fix?: () => Promise<void>
}

/**
 * A connected store. Every method may be cut off at any point and run again, by several processes at the same time: what is
 * there already counts as done. @throws DBS-1101 and DBS-1105 when the server is gone, DBS-1107 for what it refuses
 */
export interface Store {
  /** host:port, or a folder. */
  readonly place: string
  health(): Promise<StoreHealth>
  /** One round trip to it. */
  ping(): Promise<void>
  /** What `GET /health` tells of it, in a few requests. */
  readVitals(): Promise<EngineVitals>

  /** Gives each company its place, its user and its limits. One that has them keeps its data, and gets what is missing. */
  provision(companies: readonly StoreCompany[]): Promise<void>
  /** Removes the company with all of its data, also what it has in shared places. */
  deprovision(company: string): Promise<void>
  /** Everything that is left of a company, each thing by name; empty after `deprovision`. */
  findRemains(company: string): Promise<readonly string[]>
  /** The companies that have a place here, whether or not dbsvc's registry has them. */
  listCompanies(): Promise<readonly string[]>
  /** Refuses the company at once, on open connections too; its data stays. */
  suspend(company: string): Promise<void>
  resume(company: StoreCompany): Promise<void>
  /** Puts changed limits into force. */
  applyLimits(company: StoreCompany): Promise<void>
  /** Writes everything the company has into files of `directory`, which exists. @returns their names and sizes */
  exportCompany(
    company: string,
    directory: string,
  ): Promise<readonly { readonly file: string; readonly bytes: number }[]>
  readFacts(company: string): Promise<StoreFacts>

  /**
   * Runs one step on one target. With `inDoubt` an earlier run began it and nobody saw it end: where it was done, that counts as
   * success. `companies` are those that have a place here, for a step of the shared scope that concerns all of them.
   */
  run(target: StoreTarget, step: StoreStep, options: StepOptions): Promise<void>
  /**
   * The structure of each of these companies, or of the shared scope under '', as things that can be compared; a company's own
   * name reads `{company}`.
   */
  inspect(scope: ProjectScope, companies: readonly string[]): Promise<ReadonlyMap<string, Structure>>

  /**
   * Writes as the first company in every way that a company has, and tries to reach it as the second one. Both have places.
   * @returns what got through, in words; empty where the store isolates
   */
  probeIsolation(victim: string, intruder: string): Promise<readonly string[]>
  /** Looks for what is wrong with the server and with what dbsvc has set up there. */
  examine(): Promise<readonly StoreObservation[]>
  close(): Promise<void>
}

export interface StepOptions {
  readonly inDoubt: boolean
  readonly companies: () => Promise<readonly string[]>
  readonly signal: AbortSignal
}
