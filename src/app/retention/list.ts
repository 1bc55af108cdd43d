import { requireControl } from '../../engines/postgres/control.ts'
import { readSeriesGroups, type SeriesGroup } from '../../engines/postgres/time-series/groups.ts'
import type { Session } from '../session.ts'

/** Every time series, those of companies together, and what is too old in them. @throws DBS-1406 */
export async function listRetention({ client, place }: Session, now: Date): Promise<readonly SeriesGroup[]> {
  await requireControl(client, place)
  return readSeriesGroups(client, now)
}
