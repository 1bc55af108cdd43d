import type { BatchOutcome } from '../../engines/engine.ts'
import { TargetsTaken } from '../../engines/engine.ts'
import type { DueSeries } from '../../engines/postgres/time-series/due.ts'
import { upkeepFailure } from '../../engines/postgres/time-series/failure.ts'
import {
  deleteExpired,
  dropExpired,
  extendSeries,
  type UpkeepLimits,
} from '../../engines/postgres/time-series/upkeep.ts'
import type { UpkeepConnection } from './connection.ts'

/** What was done on one time series. */
export interface SeriesUpkeep {
  /** Schema and name, quoted where SQL wants it so. */
  readonly series: string
  readonly kind: DueSeries['kind']
  /** Partitions made ahead. */
  made: number
  /** Chunks or partitions dropped. */
  dropped: number
  /** Rows of the default partition deleted. */
  deleted: number
}

export interface UpkeepOptions {
  /** What is kept is counted back from it, or from the server's clock, whichever is earlier. */
  readonly now: Date
  readonly limits: UpkeepLimits
  readonly signal: AbortSignal
  readonly place: string
}

/**
 * Does on one time series what is to be done, a transaction at a time, and counts it in `done` as it goes. Interrupted, it ends between two
 * of them. @throws TargetsTaken with the series as its target, DBS-1105, DBS-1107, DBS-1505
 */
export async function keepUp(
  connection: UpkeepConnection,
  series: DueSeries,
  done: SeriesUpkeep,
  { now, limits, signal, place }: UpkeepOptions,
): Promise<BatchOutcome> {
  const started = performance.now()
  const client = await connection.forNext()
  try {
    if (series.missing > 0) done.made += await extendSeries(client, series, limits)
    for (let more = series.expired > 0; more && !signal.aborted; ) {
      const pieces = await dropExpired(client, series, now, limits)
      done.dropped += pieces.length
      more = pieces.length > 0
    }
    for (let more = series.filledDefault !== null; more && !signal.aborted; ) {
      const rows = await deleteExpired(client, series, now, limits)
      done.deleted += rows
      more = rows > 0
    }
  } catch (error) {
    throw named(upkeepFailure(error, series.place, 'dbsvc retention run', place), series.place)
  }
  return { locks: null, durationMs: performance.now() - started }
}

/** The server knows which company is taken, and not on account of which of its series. */
function named(error: unknown, series: string): unknown {
  if (!(error instanceof TargetsTaken)) return error
  return error.busy.length > 0 ? new TargetsTaken({ busy: [series] }) : new TargetsTaken({ moved: [series] })
}
