import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { explainPlace, type PlacementState, readPlacements, settlePlaces } from '../../engines/postgres/placement.ts'
import type { Store, StoreName } from '../../engines/store.ts'
import type { Session } from '../session.ts'

/** What becomes of a company in the stores. */
export interface Following {
  readonly company: string
  /** Places in other states are done. */
  readonly from: readonly PlacementState[]
  readonly to: PlacementState
  readonly work: (store: Store) => Promise<void>
}

/**
 * Does the same with a company's place in every store, at once. @returns the stores where something was to be done
 * @throws DBS-1215 when some have not followed; the others have, and running it again is about those
 */
export async function follow(session: Session, { company, from, to, work }: Following): Promise<StoreName[]> {
  const { client, stores } = session
  const due = (await readPlacements(client, [company])).filter(({ state }) => from.includes(state))
  const engines = stores.engines.filter(({ name }) => due.some(({ engine }) => engine === name))
  const missing = due.find(({ engine }) => !engines.some(({ name }) => name === engine))
  if (missing !== undefined) throw DbsvcError.of('DBS-1108', { engine: missing.engine, company })
  const outcomes = await Promise.allSettled(
    engines.map(async (engine) => {
      await work(await stores.open(engine))
      await settlePlaces(client, engine.name, [company], to)
    }),
  )
  const places = outcomes.flatMap((outcome, index) => {
    const engine = engines[index]
    return outcome.status === 'fulfilled' || engine === undefined ? [] : [{ engine, reason: reasonOf(outcome.reason) }]
  })
  for (const { engine, reason } of places) await explainPlace(client, engine.name, company, reason)
  if (places.length > 0) {
    const named = places.map(({ engine, reason }) => ({ engine: engine.title, reason }))
    throw DbsvcError.of('DBS-1215', { company, wanted: to, places: named })
  }
  return engines.map(({ name }) => name)
}
