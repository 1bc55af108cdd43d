import { setTimeout as sleep } from 'node:timers/promises'
import { digestHistory, prefixLengthOf } from '../../core/migration/history.ts'
import { explainMismatch } from '../../core/migration/verify.ts'
import { TargetsTaken, targetName } from '../../engines/engine.ts'
import { readApplied } from '../../engines/postgres/migration/ledger.ts'
import { readPlaced } from '../../engines/postgres/placement.ts'
import type { StoreEngine, StoreMigration } from '../../engines/store.ts'
import { storeDriver } from '../migrate/drivers/store.ts'
import { type RollOutResult, rollOut } from '../migrate/roll-out.ts'
import type { Session } from '../session.ts'
import { StoreWorker } from './store-worker.ts'

const busyPollMs = 100

/** Takes companies through all migrations of a store that they lack, several companies at the same time. */
export async function migrateNew(
  session: Session,
  engine: StoreEngine,
  companies: readonly string[],
  signal: AbortSignal,
): Promise<RollOutResult> {
  const { client, project, stores } = session
  const { config } = session.loaded
  const { tenant } = await storeDriver(engine, config).readFolders(project)
  if (tenant.length === 0) return { done: companies, failures: [], moved: [], skipped: [] }
  const migrations = await engine.compile(tenant, new Set(tenant.map(({ name }) => name)), 'up', config)
  const store = await stores.open(engine)
  const placed = (): Promise<string[]> => readPlaced(client, engine.name)
  const worker = new StoreWorker({ store, client, runId: null, signal, companies: placed })
  const count = Math.max(1, Math.min(engine.capabilities.concurrency, companies.length))
  return rollOut(companies, {
    workers: Array.from({ length: count }, () => worker),
    limits: { targets: 1, durationMs: Number.POSITIVE_INFINITY, locks: Number.POSITIVE_INFINITY },
    signal,
    // One that was never tried would look as whole as one that has nothing to do.
    independent: true,
    async work(own, [company = '']) {
      const started = performance.now()
      await goThrough(session, engine, own, company, migrations)
      return { locks: null, durationMs: performance.now() - started }
    },
  })
}

/** Others may do the same at the same time: whoever finds that a migration has been applied meanwhile goes on with the next. */
async function goThrough(
  { client }: Session,
  { name }: StoreEngine,
  worker: StoreWorker,
  company: string,
  migrations: readonly StoreMigration[],
): Promise<void> {
  for (;;) {
    const ledger = await readApplied(client, name, 'tenant', company)
    const applied = prefixLengthOf(digestHistory(ledger), migrations)
    if (applied === undefined) throw explainMismatch(targetName('tenant', company, name), ledger, migrations)
    const pending = migrations.slice(applied)
    if (pending.length === 0) return
    const origin = {
      engine: name,
      scope: 'tenant',
      companies: [company],
      history: digestHistory(ledger),
      applied,
    } as const
    try {
      await worker.apply(origin, pending)
    } catch (error) {
      if (!(error instanceof TargetsTaken)) throw error
      if (error.busy.length > 0) await sleep(busyPollMs)
    }
  }
}
