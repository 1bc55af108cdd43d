import type pg from 'pg'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { extendHistory } from '../../core/migration/history.ts'
import {
  type BatchOrigin,
  type BatchOutcome,
  type EngineWorker,
  type HistoryPoint,
  targetName,
} from '../../engines/engine.ts'
import type { ProgressKey } from '../../engines/postgres/migration/progress.ts'
import { type HeldTarget, holdStoreTarget, LedgerEntry } from '../../engines/postgres/store-ledger.ts'
import type { Store, StoreMigration, StoreStep } from '../../engines/store.ts'

/** What the workers of one store share. */
export interface StoreWork {
  readonly store: Store
  /** Holds the locks of the targets; everything of the ledger goes over it. */
  readonly client: pg.Client
  readonly runId: string | null
  /** The companies that have a place in the store. */
  readonly companies: () => Promise<readonly string[]>
  readonly signal: AbortSignal
}

/**
 * Applies migrations to one target of a store at a time. A store has no transaction around them, so the ledger is told of each
 * step before it begins: a run that comes after a crash knows which one may be done already.
 */
export class StoreWorker implements EngineWorker<StoreMigration> {
  readonly #work: StoreWork

  constructor(work: StoreWork) {
    this.#work = work
  }

  async apply(origin: BatchOrigin, migrations: readonly StoreMigration[]): Promise<BatchOutcome> {
    const started = performance.now()
    const { client, runId } = this.#work
    const held = await holdStoreTarget(client, origin)
    try {
      let entry = new LedgerEntry()
      let { history, applied } = origin
      for (const migration of migrations) {
        const from = { ...origin, history, applied }
        const key = keyOf(from, migration, 'up')
        entry = await this.#run(held, from, migration, key, entry)
        entry.record(from, migration, key, runId)
        history = extendHistory(history, migration)
        applied += 1
      }
      await entry.write(client)
    } finally {
      await held.release().catch(() => {})
    }
    return { locks: null, durationMs: performance.now() - started }
  }

  async revert(origin: BatchOrigin, migration: StoreMigration, previous: HistoryPoint): Promise<BatchOutcome> {
    const started = performance.now()
    const { client, runId } = this.#work
    const held = await holdStoreTarget(client, origin)
    try {
      const key = keyOf(origin, migration, 'down')
      const entry = await this.#run(held, origin, migration, key, new LedgerEntry())
      await entry.takeBack(origin, previous, key, runId).write(client)
    } finally {
      await held.release().catch(() => {})
    }
    return { locks: null, durationMs: performance.now() - started }
  }

  async close(): Promise<void> {}

  /**
   * Takes the steps that are left. `entry` is what the migration before has left to be written: it goes with the mark of the first
   * step, in one transaction. @returns what is left to be written after the last step
   */
  async #run(
    held: HeldTarget,
    origin: BatchOrigin,
    migration: StoreMigration,
    key: ProgressKey,
    entry: LedgerEntry,
  ): Promise<LedgerEntry> {
    const { client } = this.#work
    const progress = held.progressOf(key)
    let left = entry
    for (const [index, step] of migration.steps.entries()) {
      if (index < progress.done) continue
      await left.begin(key, index).write(client)
      left = new LedgerEntry()
      const inDoubt = progress.inDoubt && index === progress.done
      await this.#take(origin, migration, step, inDoubt).catch(async (error: unknown) => {
        // Whatever the store has answered itself is known; only a silence leaves a doubt.
        if (!isLoss(error)) await new LedgerEntry().refuse(key, index).write(client)
        throw error
      })
    }
    return left
  }

  async #take(origin: BatchOrigin, migration: StoreMigration, step: StoreStep, inDoubt: boolean): Promise<void> {
    const { store, companies, signal } = this.#work
    const [company = ''] = origin.companies
    const scope = origin.scope === 'tenant' ? 'tenant' : 'shared'
    try {
      await store.run({ scope, company }, step, { inDoubt, companies, signal })
    } catch (error) {
      if (isLoss(error)) throw error
      const target = targetName(origin.scope, company, origin.engine)
      const column = step.line === null ? null : 1
      const reason = error instanceof DbsvcError && error.code === 'DBS-1107' ? reasonIn(error) : reasonOf(error)
      throw DbsvcError.of('DBS-1501', { target, file: migration.path, line: step.line, column, reason }, error)
    }
  }
}

const isLoss = (error: unknown): boolean => error instanceof DbsvcError && ['DBS-1101', 'DBS-1105'].includes(error.code)

/** The engine's own words: where they came from is said already. */
const reasonIn = (error: DbsvcError): string => (error.details as { readonly reason: string }).reason

function keyOf(
  { engine, scope, companies: [company = ''] }: BatchOrigin,
  { name, checksum }: StoreMigration,
  direction: 'up' | 'down',
): ProgressKey {
  return { engine, scope, company, name, direction, checksum }
}
