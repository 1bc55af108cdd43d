import { DbsvcError } from '../../core/errors/error.ts'
import { ExitCode } from '../../core/exit-codes.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { targetName } from '../../engines/engine.ts'
import { activate } from '../../engines/postgres/company/state.ts'
import { explainPlace, intendPlaces } from '../../engines/postgres/placement.ts'
import type { StoreEngine } from '../../engines/store.ts'
import type { TargetFailure } from '../migrate/roll-out.ts'
import type { Session } from '../session.ts'
import { migrateNew } from './migrate-new.ts'
import { placeCompanies } from './place-companies.ts'

export interface CompleteOptions {
  readonly signal: AbortSignal
  readonly onEvent: (event: RunEvent) => void
}

/** What could not be made of a company, and where. */
export interface PlaceFailure extends TargetFailure {
  readonly engine: StoreEngine
}

/**
 * Gives companies that PostgreSQL has their places in all stores at once, each with its migrations, and lets in those that every
 * store has confirmed. The ledger says what is to be made before anything is, so that whatever is cut off is gone on with.
 */
export async function completeCompanies(
  session: Session,
  companies: readonly string[],
  options: CompleteOptions,
): Promise<readonly PlaceFailure[]> {
  const { client, stores } = session
  if (companies.length === 0 || stores.engines.length === 0) return []
  for (const { name } of stores.engines) await intendPlaces(client, name, companies)
  const failures = await Promise.all(stores.engines.map((engine) => complete(session, engine, companies, options)))
  const failed = new Set(failures.flat().map(({ target }) => target))
  if (!options.signal.aborted) {
    await activate(
      client,
      companies.filter((company) => !failed.has(company)),
    )
  }
  return failures.flat()
}

async function complete(
  session: Session,
  engine: StoreEngine,
  companies: readonly string[],
  { signal, onEvent }: CompleteOptions,
): Promise<readonly PlaceFailure[]> {
  const started = performance.now()
  try {
    const placed = await placeCompanies(session, engine, companies, { signal })
    const migrated = await migrateNew(session, engine, placed.done, signal)
    const failures = [...placed.failures, ...migrated.failures]
    for (const { target, error } of migrated.failures) {
      await explainPlace(session.client, engine.name, target, error.message)
    }
    tell(engine, failures, onEvent)
    const durationMs = Math.round(performance.now() - started)
    const step = { engine: engine.name, direction: 'place', scope: 'tenant', migration: '', durationMs } as const
    onEvent({ type: 'step', step: { ...step, targets: migrated.done.length, failed: failures.length } })
    return failures.map((failure) => ({ ...failure, engine }))
  } catch (error) {
    if (!(error instanceof DbsvcError) || error.exitCode !== ExitCode.Engine) throw error
    // The store is gone, and so is the place of each of them until it is back.
    for (const company of companies) await explainPlace(session.client, engine.name, company, error.message)
    onEvent({ type: 'failure', target: engine.name, migration: '', code: error.code, reason: error.message })
    return companies.map((target) => ({ target, error, engine }))
  }
}

function tell(engine: StoreEngine, failures: readonly TargetFailure[], onEvent: (event: RunEvent) => void): void {
  for (const { target, error } of failures) {
    const named = targetName('tenant', target, engine.name)
    onEvent({ type: 'failure', target: named, migration: '', code: error.code, reason: error.message })
  }
}
