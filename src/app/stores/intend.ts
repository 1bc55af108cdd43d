import type { EngineName } from '../../core/engine.ts'
import { intendPlaces, intendShared, readUnsettled } from '../../engines/postgres/placement.ts'
import type { StoreEngine } from '../../engines/store.ts'
import type { Session } from '../session.ts'

/** The stores among these engines. */
const among = ({ stores }: Session, engines: readonly EngineName[]): StoreEngine[] =>
  stores.engines.filter(({ name }) => engines.includes(name))

/**
 * Says that every company is to have a place in each of these stores, as where one has been added to the configuration. The ledger
 * says so before anything is made, so that nothing is made that nobody knows of.
 */
export async function intendEverywhere(session: Session, engines: readonly EngineName[]): Promise<void> {
  for (const { name } of among(session, engines)) {
    await intendShared(session.client, name)
    await intendPlaces(session.client, name)
  }
}

/** The stores among these engines in which some company has not got its place yet. */
export async function findUnplaced(session: Session, engines: readonly EngineName[]): Promise<EngineName[]> {
  const found: EngineName[] = []
  for (const { name } of among(session, engines)) {
    if ((await readUnsettled(session.client, name)).length > 0) found.push(name)
  }
  return found
}
