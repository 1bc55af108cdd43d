import { reasonOf } from '../../core/errors/error.ts'
import { type PlacementState, readPlacementVersions } from '../../engines/postgres/placement.ts'
import type { StoreFacts, StoreName } from '../../engines/store.ts'
import type { Session } from '../session.ts'

/** Where a company stands in one store. */
export interface StorePlace {
  readonly engine: StoreName
  /** host:port, or a folder; null where the configuration names none. */
  readonly cluster: string | null
  readonly state: PlacementState
  /** Why the last attempt came to nothing; null after one that did. */
  readonly reason: string | null
  /** Of the last migration, null before the first. */
  readonly version: string | null
  readonly migrations: number
  /** Null where the store cannot be asked. */
  readonly facts: StoreFacts | null
  /** Why it cannot be asked; null where it answers. */
  readonly unreachable: string | null
}

/** A company's places in the stores, as the ledger and the stores themselves have them; all stores are asked at once. */
export async function describePlaces(session: Session, company: string): Promise<StorePlace[]> {
  const { client, stores, loaded } = session
  const placements = await readPlacementVersions(client, company)
  return Promise.all(
    placements.map(async ({ engine: name, state, reason, version, migrations }): Promise<StorePlace> => {
      const engine = stores.engines.find((store) => store.name === name)
      const cluster = engine?.placeIn(loaded.config) ?? null
      const place = { engine: name, cluster, state, reason, version, migrations }
      if (engine === undefined) return { ...place, facts: null, unreachable: 'the configuration does not name it' }
      try {
        const store = await stores.open(engine)
        return { ...place, facts: await store.readFacts(company), unreachable: null }
      } catch (error) {
        return { ...place, facts: null, unreachable: reasonOf(error) }
      }
    }),
  )
}
