import pg from 'pg'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import { TargetsTaken } from '../../engine.ts'
import { isConnectionLoss } from '../connection.ts'
import { passingFailure } from '../migration/passing.ts'

/** What the upkeep of one time series failed of, as an error of the catalogue; anything else as it is. */
export function upkeepFailure(error: unknown, series: string, work: string, place: string): unknown {
  if (error instanceof DbsvcError || error instanceof TargetsTaken) return error
  if (isConnectionLoss(error)) return DbsvcError.of('DBS-1105', { place, reason: reasonOf(error) }, error)
  if (!(error instanceof pg.DatabaseError)) return error
  if (passingFailure(error)?.tooMuch === false) {
    return DbsvcError.of('DBS-1505', { target: series, file: work, blocker: null }, error)
  }
  return DbsvcError.of('DBS-1107', { engine: 'PostgreSQL', place, reason: `${series}: ${reasonOf(error)}` }, error)
}
