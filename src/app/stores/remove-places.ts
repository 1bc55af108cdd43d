import { DbsvcError } from '../../core/errors/error.ts'
import { forgetPlace, readPlacements, settlePlaces } from '../../engines/postgres/placement.ts'
import type { StoreEngine } from '../../engines/store.ts'
import type { Session } from '../session.ts'

/**
 * Removes a company from every store that it has a place in, the last one first, and makes sure that nothing is left there.
 * @returns the stores, in that order @throws DBS-1108 for one that is not configured, before anything is removed, DBS-1214
 */
export async function removePlaces(session: Session, company: string): Promise<string[]> {
  const { client, stores } = session
  const placed = (await readPlacements(client, [company])).map(({ engine }) => engine)
  const unknown = placed.find((name) => !stores.engines.some((engine) => engine.name === name))
  if (unknown !== undefined) throw DbsvcError.of('DBS-1108', { engine: unknown, company })
  const removed: string[] = []
  for (const engine of stores.engines.filter(({ name }) => placed.includes(name)).toReversed()) {
    await settlePlaces(client, engine.name, [company], 'removing')
    await remove(session, engine, company)
    await forgetPlace(client, engine.name, company)
    removed.push(engine.name)
  }
  return removed
}

async function remove({ stores }: Session, engine: StoreEngine, company: string): Promise<void> {
  const store = await stores.open(engine)
  await store.deprovision(company)
  const remains = await store.findRemains(company)
  if (remains.length > 0) throw DbsvcError.of('DBS-1214', { company, engine: engine.title, remains })
}
