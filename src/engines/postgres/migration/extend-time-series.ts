import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { backoffMs } from '../../../core/migration/backoff.ts'
import { TargetsTaken } from '../../engine.ts'
import { isConnectionLoss } from '../connection.ts'
import { readEnding } from '../time-series/due.ts'
import { upkeepFailure } from '../time-series/failure.ts'
import { placeOfSeries, type Series } from '../time-series/series.ts'
import { extendSeries } from '../time-series/upkeep.ts'
import { passingFailure } from './passing.ts'

// Half of what is to be ahead is there still: what is in the way for long is left to the next run, and to doctor.
const attempts = 5
const limits = { lockTimeoutMs: 2_000, statementTimeoutMs: 0 }

/**
 * Makes partitions ahead for the time series that have used up half of theirs, each in a transaction of its own: all at once they would
 * exhaust the lock table. Hypertables make their chunks themselves. A series whose target another run has under way is left to that one.
 * @throws DBS-1105, or what the first series failed of, when all others are through
 */
export async function extendTimeSeries(client: pg.Client): Promise<void> {
  const failures: unknown[] = []
  for (const series of await readEnding(client)) {
    try {
      await extendPatiently(client, series)
    } catch (error) {
      const place = `${client.host}:${client.port}/${client.database}`
      const failure = upkeepFailure(error, placeOfSeries(series), 'making partitions ahead', place)
      if (isConnectionLoss(error)) throw failure
      failures.push(failure)
    }
  }
  if (failures.length > 0) throw failures[0]
}

async function extendPatiently(client: pg.Client, series: Series): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await extendSeries(client, series, limits)
      return
    } catch (error) {
      const busy = error instanceof TargetsTaken
      if (attempt < attempts && (busy || passingFailure(error) !== undefined)) {
        await sleep(backoffMs(attempt, Math.random))
        continue
      }
      if (!busy) throw error
      return
    }
  }
}
