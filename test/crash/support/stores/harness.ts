import type { StoreEngine } from '../../../../src/engines/store.ts'
import type { EngineName } from '../../../support/engine-findings.ts'
import type { Framing, Numbered } from '../../../support/request-proxy.ts'

/** What the crash suite needs to know of a store. */
export interface CrashHarness {
  readonly engine: StoreEngine
  /** What the results rest on, as `describeEngine` calls it. */
  readonly restsOn: EngineName
  /** The environment variable by which a run is sent through a proxy. */
  readonly urlVariable: string
  /** What counts as a request to it. */
  readonly framing: Framing<Numbered>
  /** Its migrations by path, such as `shared/0001_prices.sql`: two of each scope, or none at all. */
  readonly migrations: Readonly<Record<string, string>>
  /** Starts the server or finds it. */
  readonly open: () => Promise<CrashedStore>
}

/** A server that runs are struck at, as its own client sees it and not dbsvc. */
export interface CrashedStore {
  readonly url: string
  /** The section of the configuration, with this URL. */
  readonly section: (url: string) => Readonly<Record<string, object>>
  /** Everything the engine has of a company, each with what it is; empty where there is nothing. */
  readonly traces: (company: string) => Promise<readonly string[]>
  /** The same of the shared scope. */
  readonly sharedTraces: () => Promise<readonly string[]>
  /** Removes everything that migrations have made in the shared scope. */
  readonly clearShared: () => Promise<void>
  /** Puts data of its own into a company that has a place and its first migration. */
  readonly fill: (company: string) => Promise<void>
}
