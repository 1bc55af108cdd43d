import { DbsvcError } from '../../core/errors/error.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import { readClockOffset } from '../../engines/postgres/doctor/clock.ts'
import { passingFailure } from '../../engines/postgres/migration/passing.ts'
import { countExpiredRows, type DueSeries, readDue } from '../../engines/postgres/time-series/due.ts'
import { type RollOutResult, rollOut } from '../migrate/roll-out.ts'
import type { Session } from '../session.ts'
import { describeSkew } from './clocks.ts'
import { UpkeepConnection } from './connection.ts'
import { keepUp, type SeriesUpkeep, type UpkeepOptions } from './upkeep.ts'

export interface RetentionOptions {
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean
  readonly now: Date
  readonly signal: AbortSignal
  readonly onWarning: (text: string) => void
}

/**
 * Makes partitions ahead, and drops what is too old to be kept, on every time series of the cluster and of its companies. Any number of runs may
 * do so at once, beside migrations too; cut off anywhere, the next one goes on. A series that fails leaves the others alone.
 * @returns the series on which anything was done, or would be
 * @throws what one series failed of, DBS-1502 for several, DBS-1904 when it was interrupted; what was done stays done
 */
export async function runRetention(session: Session, options: RetentionOptions): Promise<readonly SeriesUpkeep[]> {
  const { client, place } = session
  const { now, dryRun, signal, onWarning } = options
  await requireControl(client, place)
  const skew = describeSkew((await readClockOffset(client)) + Date.now() - now.getTime())
  if (skew !== undefined) onWarning(skew)
  const due = await readDue(client, now)
  if (due.length === 0) return []
  if (dryRun) return foresee(session, due, now)
  const done = new Map(due.map((series) => [series.place, nothingYet(series)]))
  const result = await keepUpAll(session, due, done, { ...limitsOf(session), now, signal, place }, onWarning)
  if (signal.aborted) throw DbsvcError.of('DBS-1904', {})
  throwFailures(result)
  return [...done.values()].filter(hasAnything)
}

const nothingYet = ({ place, kind }: DueSeries): SeriesUpkeep => ({
  series: place,
  kind,
  made: 0,
  dropped: 0,
  deleted: 0,
})

const hasAnything = ({ made, dropped, deleted }: SeriesUpkeep): boolean => made + dropped + deleted > 0

function limitsOf({ loaded }: Session): Pick<UpkeepOptions, 'limits'> {
  const { lockTimeoutMs, statementTimeoutMs } = loaded.config.migrations
  return { limits: { lockTimeoutMs, statementTimeoutMs } }
}

async function keepUpAll(
  { loaded, command }: Session,
  due: readonly DueSeries[],
  done: ReadonlyMap<string, SeriesUpkeep>,
  options: UpkeepOptions,
  onWarning: (text: string) => void,
): Promise<RollOutResult> {
  const { migrations, postgres } = loaded.config
  const byPlace = new Map(due.map((series) => [series.place, series]))
  const connection = await UpkeepConnection.open(postgres, command)
  try {
    return await rollOut([...byPlace.keys()], {
      workers: [connection],
      limits: { targets: 1, durationMs: migrations.lockHoldMs, locks: Number.POSITIVE_INFINITY },
      signal: options.signal,
      async work(worker, [target = '']) {
        const series = byPlace.get(target)
        const upkeep = done.get(target)
        if (series === undefined || upkeep === undefined) throw new Error(`${target} is no time series`)
        return keepUp(worker, series, upkeep, options)
      },
      passing: passingFailure,
      attempts: migrations.lockAttempts,
      independent: true,
      busyMs: migrations.lockWaitMs,
      onRetry: ({ target, reason, delayMs }) => onWarning(`${target}: ${reason}; trying again in ${delayMs} ms`),
      onBusy: (targets) => onWarning(`waiting for another run, which has ${targets.join(', ')} under way`),
    })
  } finally {
    await connection.close()
  }
}

async function foresee({ client }: Session, due: readonly DueSeries[], now: Date): Promise<SeriesUpkeep[]> {
  const foreseen: SeriesUpkeep[] = []
  for (const series of due) {
    const deleted = await countExpiredRows(client, series, now)
    foreseen.push({ ...nothingYet(series), made: series.missing, dropped: series.expired, deleted })
  }
  return foreseen.filter(hasAnything)
}

function throwFailures({ failures, done }: RollOutResult): void {
  const [first, ...others] = failures
  if (first === undefined) return
  if (others.length === 0) throw first.error
  const reasons = failures.map(({ target, error }) => ({ target, reason: error.message }))
  throw DbsvcError.of('DBS-1502', { failures: reasons, applied: done.length }, first.error)
}
