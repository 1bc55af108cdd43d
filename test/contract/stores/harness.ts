import { createHmac } from 'node:crypto'
import type { Config } from '../../../src/config/schema.ts'
import { configSchema } from '../../../src/config/schema.ts'
import type { TierLimits } from '../../../src/core/company/tier.ts'
import type { ProjectScope } from '../../../src/core/migration/scope.ts'
import type { Store, StoreEngine } from '../../../src/engines/store.ts'
import type { EngineName } from '../../support/engine-findings.ts'

/** What the contract needs to know of a store. */
export interface StoreHarness {
  readonly engine: StoreEngine
  /** What the results rest on, as `describeEngine` calls it. */
  readonly restsOn: EngineName
  /** What `/health` shows of it, by the names of the specification. */
  readonly vitals: readonly string[]
  /** Starts the server or finds it. */
  readonly open: () => Promise<StoreUnderTest>
}

/** A store's server, reached by its own client and not by dbsvc. */
export interface StoreUnderTest {
  readonly config: Config
  /** The same server with credentials that it refuses; null where it asks for none. */
  readonly wrongPassword: Config | null
  /** Where nothing listens; null for an embedded engine. */
  readonly unreachable: Config | null
  /**
   * Connects as the company itself, with `passwordOf`; rejects where that is refused, then or when something is read. Where there are
   * no users it goes to the company's place, and rejects where there is none.
   */
  readonly enter: (company: string) => Promise<Visitor>
  /** Whether the server itself refuses a suspended company; false where it has no access control, so that dbsvc alone does. */
  readonly refusesSuspended: boolean
  /** What the engine itself has of a company, each by name: its user, its database, its keys. Empty where there is none. */
  readonly traces: (company: string) => Promise<readonly string[]>
  /** A company's limits as the engine holds them, in any form that shows a change; null where dbsvc checks them and not the engine. */
  readonly limitsIn: ((company: string) => Promise<unknown>) | null
  /**
   * Gives the intruder a way to the victim's data, as somebody careless would; null where a company has no way of its own that could
   * be opened. A probe that cannot fail proves nothing, so null wants a reason in the store's own tests.
   */
  readonly breakIsolation: ((victim: string, intruder: string) => Promise<void>) | null
  /** Null for a store without a schema. */
  readonly schema: StoreSchema | null
}

/** A company at its own place. */
export interface Visitor {
  readonly write: (text: string) => Promise<void>
  /** All that was written, in any order. */
  readonly read: () => Promise<readonly string[]>
  readonly close: () => Promise<void>
}

/** Migrations that a store can be tried with. */
export interface StoreSchema {
  /** File names and their texts; at least one step each, and more than one in the tenant scope. */
  readonly files: Readonly<Record<ProjectScope, Readonly<Record<string, string>>>>
  /** What the tenant migrations have made of a company beside its structure, in any form that compares; null where that is nothing. */
  readonly dataOf: ((company: string) => Promise<unknown>) | null
  /** Changes a company's structure behind dbsvc's back, after the migrations. */
  readonly change: (company: string) => Promise<void>
}

/** The settings of one store, and defaults for all others. */
export const configOf = (settings: Partial<Record<string, unknown>>): Config => configSchema.parse(settings)

/** Why a test of suspended companies is skipped. */
export const refusedByDbsvc = 'it has no access control: dbsvc alone refuses a suspended company'

/** A company's password, in every test the same. */
export const passwordOf = async (company: string): Promise<string> =>
  createHmac('sha256', 'of the contract tests').update(company).digest('hex')

export const connectStore = (engine: StoreEngine, config: Config): Promise<Store> =>
  engine.connect({ config, application: 'dbsvc contract test', passwordOf })

export const limits: TierLimits = {
  statementTimeoutMs: 5000,
  lockTimeoutMs: 1000,
  workMemKb: 4096,
  parallelWorkers: 0,
  loginConnections: 10,
  tempFileKb: 65_536,
  queryMemoryKb: 65_536,
  queriesPerHour: 10_000,
  cacheKeys: 1000,
  vectorObjects: 1000,
}

export const otherLimits: TierLimits = {
  ...limits,
  statementTimeoutMs: 7000,
  queryMemoryKb: 131_072,
  queriesPerHour: 20_000,
  cacheKeys: 2000,
  vectorObjects: 2000,
}

/** Whether a company is let in and can read. */
export async function isLetIn(server: StoreUnderTest, company: string): Promise<boolean> {
  try {
    const visitor = await server.enter(company)
    await visitor.read().finally(() => visitor.close())
    return true
  } catch {
    return false
  }
}

/** Does something as a company and leaves. */
export async function visit<Result>(
  server: StoreUnderTest,
  company: string,
  work: (visitor: Visitor) => Promise<Result>,
): Promise<Result> {
  const visitor = await server.enter(company)
  try {
    return await work(visitor)
  } finally {
    await visitor.close()
  }
}

export const readAs = async (server: StoreUnderTest, company: string): Promise<string[]> =>
  [...(await visit(server, company, (visitor) => visitor.read()))].sort()

export const writeAs = (server: StoreUnderTest, company: string, text: string): Promise<void> =>
  visit(server, company, (visitor) => visitor.write(text))
