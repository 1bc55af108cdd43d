import type { EngineName } from '../../core/engine.ts'
import type { Session } from '../session.ts'
import type { AnyWorker } from './drivers/driver.ts'
import type { EngineFleet } from './fleet.ts'
import type { OpeningCrew } from './workers.ts'

export type OpeningEngine = OpeningCrew<AnyWorker>

/** Begins to open a crew for each engine that has something to do; the others are left alone. */
export function openEngines(
  session: Session,
  fleets: readonly EngineFleet[],
  countTargets: (fleet: EngineFleet) => number,
): ReadonlyMap<EngineName, OpeningEngine> {
  const opening = fleets.flatMap((fleet): [EngineName, OpeningEngine][] => {
    const targets = countTargets(fleet)
    return targets === 0 ? [] : [[fleet.driver.engine, fleet.driver.openCrew(session, targets)]]
  })
  return new Map(opening)
}
