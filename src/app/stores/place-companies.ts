import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { findCompanies } from '../../engines/postgres/company/registry.ts'
import { explainPlace, settlePlaces } from '../../engines/postgres/placement.ts'
import type { Store, StoreCompany, StoreEngine } from '../../engines/store.ts'
import { limitsOf } from '../company/limits.ts'
import type { RollOutOptions, RollOutResult } from '../migrate/roll-out.ts'
import { rollOut } from '../migrate/roll-out.ts'
import type { Session } from '../session.ts'

/**
 * Gives companies their place in one store, several at a time. The ledger knows that they are to have it; where one cannot be made
 * it keeps the reason. @throws DBS-1101 and DBS-1105 when the store is gone
 */
export async function placeCompanies(
  session: Session,
  engine: StoreEngine,
  companies: readonly string[],
  options: Pick<RollOutOptions<Store>, 'signal' | 'onProgress'>,
): Promise<RollOutResult> {
  const store = await session.stores.open(engine)
  const { provisionBatch, concurrency } = engine.capabilities
  const result = await rollOut(companies, {
    ...options,
    // One that was never tried would look as whole as one that has its place.
    independent: true,
    workers: Array.from({ length: Math.min(concurrency, companies.length) }, () => store),
    limits: {
      targets: provisionBatch,
      durationMs: Number.POSITIVE_INFINITY,
      locks: Number.POSITIVE_INFINITY,
      first: provisionBatch,
    },
    work: async (worker, batch) => {
      const started = performance.now()
      await makePlaces(session, engine, worker, batch)
      return { locks: null, durationMs: performance.now() - started }
    },
  })
  for (const { target, error } of result.failures)
    await explainPlace(session.client, engine.name, target, error.message)
  return result
}

async function makePlaces(
  session: Session,
  engine: StoreEngine,
  store: Store,
  batch: readonly string[],
): Promise<void> {
  const { client } = session
  const found = [...(await findCompanies(client, batch)).values()]
  const companies = found.map(
    (company): StoreCompany => ({
      company: company.company,
      limits: limitsOf(session.loaded, company),
    }),
  )
  try {
    await store.provision(companies)
    const suspended = found.filter(({ state }) => state === 'suspended').map(({ company }) => company)
    for (const company of suspended) await store.suspend(company)
    const active = batch.filter((company) => !suspended.includes(company))
    await settlePlaces(client, engine.name, active, 'active')
    if (suspended.length > 0) await settlePlaces(client, engine.name, suspended, 'suspended')
  } catch (error) {
    if (error instanceof DbsvcError) throw error
    throw DbsvcError.of('DBS-1107', { engine: engine.title, place: store.place, reason: reasonOf(error) }, error)
  }
}
