import { DbsvcError } from '../../core/errors/error.ts'
import { ExitCode } from '../../core/exit-codes.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { targetName } from '../../engines/engine.ts'
import { activate } from '../../engines/postgres/company/state.ts'
import { explainPlace, intendPlaces } from '../../engines/postgres/placement.ts'
import type { StoreEngine } from '../../engines/store.ts'
import type { TargetFailure } from '../migrate/roll-out.ts'
import type { Session } from '../session.ts'
import { NewcomerMigrations } from './newcomer-migrations.ts'
import { placeCompanies } from './place-companies.ts'

export interface CompletionOptions {
  readonly signal: AbortSignal
  readonly onEvent: (event: RunEvent) => void
}

/** What could not be made of a company, and where. */
export interface PlaceFailure extends TargetFailure {
  readonly engine: StoreEngine
}

/** One store's part, and what has come of it. */
interface Lane {
  readonly engine: StoreEngine
  readonly migrations: NewcomerMigrations
  readonly failures: PlaceFailure[]
  readonly done: Set<string>
  readonly startedAt: number
  last: Promise<void>
}

/**
 * Gives companies that PostgreSQL has their places in all stores at once, each with its migrations, while PostgreSQL makes the next
 * ones, and lets in those that every store has confirmed. The ledger says what is to be made before anything is, so that whatever is
 * cut off is gone on with.
 */
export class Completion {
  readonly #session: Session
  readonly #options: CompletionOptions
  readonly #companies: string[] = []
  readonly #lanes: readonly Lane[]

  constructor(session: Session, options: CompletionOptions) {
    this.#session = session
    this.#options = options
    this.#lanes = session.stores.engines.map((engine) => ({
      engine,
      migrations: new NewcomerMigrations(session, engine, options.signal),
      failures: [],
      done: new Set(),
      startedAt: performance.now(),
      last: Promise.resolve(),
    }))
    // Connecting takes as long as the first companies.
    for (const { engine } of this.#lanes) session.stores.open(engine).catch(() => {})
  }

  add(companies: readonly string[]): void {
    this.#companies.push(...companies)
    for (const lane of this.#lanes) {
      const next = lane.last.then(() => this.#complete(lane, companies))
      // It is for whoever waits at the end.
      next.catch(() => {})
      lane.last = next
    }
  }

  /** Waits for all of them. @returns what could not be made */
  async finish(): Promise<readonly PlaceFailure[]> {
    // All of them, also where one is broken: what is under way in the others needs the session.
    const ends = await Promise.allSettled(this.#lanes.map(({ last }) => last))
    const broken = ends.find((end) => end.status === 'rejected')
    if (broken !== undefined) throw broken.reason
    // Without stores PostgreSQL has let in by itself what it has made.
    if (this.#companies.length === 0 || this.#lanes.length === 0) return []
    for (const lane of this.#lanes) this.#tell(lane)
    const whole = this.#companies.filter((company) => this.#lanes.every(({ done }) => done.has(company)))
    await activate(this.#session.client, whole)
    return this.#lanes.flatMap((lane) => lane.failures)
  }

  async #complete(lane: Lane, companies: readonly string[]): Promise<void> {
    const { engine, migrations, failures } = lane
    const { client } = this.#session
    const { signal } = this.#options
    try {
      await intendPlaces(client, engine.name, companies)
      const placed = await placeCompanies(this.#session, engine, companies, { signal })
      const migrated = await migrations.apply(placed.done)
      for (const company of migrated.done) lane.done.add(company)
      for (const { target, error } of migrated.failures) await explainPlace(client, engine.name, target, error.message)
      const own = [...placed.failures, ...migrated.failures]
      for (const failure of own) {
        failures.push({ ...failure, engine })
        this.#tellFailure(targetName('tenant', failure.target, engine.name), failure.error)
      }
      // Nothing but failures ends a roll-out: the others would have had the same.
      const error = own[0]?.error ?? DbsvcError.of('DBS-1904', {})
      for (const target of [...placed.skipped, ...migrated.skipped]) failures.push({ target, error, engine })
    } catch (error) {
      if (!(error instanceof DbsvcError) || error.exitCode !== ExitCode.Engine) throw error
      // The store is gone, and so is the place of each of them until it is back.
      for (const company of companies) await explainPlace(client, engine.name, company, error.message)
      if (!failures.some((failure) => failure.error.code === error.code)) this.#tellFailure(engine.name, error)
      failures.push(...companies.map((target) => ({ target, error, engine })))
    }
  }

  #tell({ engine, done, failures, startedAt }: Lane): void {
    const durationMs = Math.round(performance.now() - startedAt)
    const step = { engine: engine.name, direction: 'place', scope: 'tenant', migration: '', durationMs } as const
    this.#options.onEvent({ type: 'step', step: { ...step, targets: done.size, failed: failures.length } })
  }

  #tellFailure(target: string, { code, message }: DbsvcError): void {
    this.#options.onEvent({ type: 'failure', target, migration: '', code, reason: message })
  }
}
