import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { digestHistory, emptyHistory, prefixLengthOf } from '../../core/migration/history.ts'
import { explainMismatch } from '../../core/migration/verify.ts'
import { TargetsTaken, targetName } from '../../engines/engine.ts'
import { readApplied } from '../../engines/postgres/migration/ledger.ts'
import { readPlaced } from '../../engines/postgres/placement.ts'
import type { StoreEngine, StoreMigration } from '../../engines/store.ts'
import { readEngineFolders } from '../migrate/folders.ts'
import { type RollOutResult, rollOut } from '../migrate/roll-out.ts'
import type { Session } from '../session.ts'
import { StoreWorker } from './store-worker.ts'

const busyPollMs = 100

/** Takes new companies through all migrations of a store; files are read and compiled once for all of them. */
export class NewcomerMigrations {
  readonly #session: Session
  readonly #engine: StoreEngine
  readonly #signal: AbortSignal
  #compiled: Promise<readonly StoreMigration[]> | undefined

  constructor(session: Session, engine: StoreEngine, signal: AbortSignal) {
    this.#session = session
    this.#engine = engine
    this.#signal = signal
  }

  /** Several companies at the same time; those that are further go on from there. */
  async apply(companies: readonly string[]): Promise<RollOutResult> {
    this.#compiled ??= this.#compile()
    const migrations = await this.#compiled
    if (migrations.length === 0) return { done: companies, failures: [], moved: [], skipped: [] }
    const { client, stores } = this.#session
    const { name, capabilities } = this.#engine
    const store = await stores.open(this.#engine)
    const placed = (): Promise<string[]> => readPlaced(client, name)
    const worker = new StoreWorker({ store, client, runId: null, signal: this.#signal, companies: placed })
    const count = Math.max(1, Math.min(capabilities.concurrency, companies.length))
    return rollOut(companies, {
      workers: Array.from({ length: count }, () => worker),
      limits: { targets: 1, durationMs: Number.POSITIVE_INFINITY, locks: Number.POSITIVE_INFINITY },
      signal: this.#signal,
      // Each with its own reason, and none that was never tried.
      independent: true,
      async work(own, [company = '']) {
        const started = performance.now()
        await goThrough(client, name, own, company, migrations)
        return { locks: null, durationMs: performance.now() - started }
      },
    })
  }

  async #compile(): Promise<readonly StoreMigration[]> {
    const { loaded, project } = this.#session
    const { tenant } = await readEngineFolders(project, this.#engine.name, this.#engine.extensions)
    return this.#engine.compile(tenant, new Set(tenant.map(({ name }) => name)), 'up', loaded.config)
  }
}

/** Others may do the same at the same time: whoever finds that a migration has been applied meanwhile goes on with the next. */
async function goThrough(
  client: pg.Client,
  engine: StoreEngine['name'],
  worker: StoreWorker,
  company: string,
  migrations: readonly StoreMigration[],
): Promise<void> {
  // Most are new; the ledger is asked where that turns out to be wrong.
  for (let history = emptyHistory, applied = 0; applied < migrations.length; ) {
    const origin = { engine, scope: 'tenant', companies: [company], history, applied } as const
    try {
      await worker.apply(origin, migrations.slice(applied))
      return
    } catch (error) {
      if (!(error instanceof TargetsTaken)) throw error
      if (error.busy.length > 0) await sleep(busyPollMs)
    }
    const ledger = await readApplied(client, engine, 'tenant', company)
    history = digestHistory(ledger)
    const found = prefixLengthOf(history, migrations)
    if (found === undefined) throw explainMismatch(targetName('tenant', company, engine), ledger, migrations)
    applied = found
  }
}
