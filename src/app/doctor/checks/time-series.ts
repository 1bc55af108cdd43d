import {
  type FilledDefault,
  findTimeSeriesFaults,
  type OverdueSeries,
} from '../../../engines/postgres/doctor/time-series.ts'
import { renderArguments } from '../../../engines/postgres/time-series/series.ts'
import { extendSeries } from '../../../engines/postgres/time-series/upkeep.ts'
import { defineCheck, type Observation } from '../check.ts'

const limits = { lockTimeoutMs: 2_000, statementTimeoutMs: 0 }

export const timeSeries = defineCheck({
  id: 'time-series',
  engine: 'postgres',
  needs: 'control',
  summary:
    'native time series have partitions ahead of now, no row is in a default partition, and what is too old to be kept is gone',
  findings: {
    'partition-missing': {
      severity: 'error',
      means:
        'Rows of now land in the default partition, which no query on time can leave out, and have to be moved out of it later.',
      fix: 'asked',
    },
    'partitions-ending': {
      severity: 'warning',
      means:
        'Less than half of what is to be ahead is left; dbsvc migrate up makes more, also where nothing is pending.',
      fix: 'asked',
    },
    'default-rows': {
      severity: 'warning',
      means:
        'Their time is outside of all partitions, long ago or far ahead: every query looks at them, and none goes with a partition when its time is over.',
    },
    'rows-overdue': {
      severity: 'warning',
      means: 'They were to be dropped a day ago or longer: nothing runs dbsvc retention run, or it fails.',
    },
  },
  async look({ session }) {
    const { client } = await session()
    const { ending, filled, overdue } = await findTimeSeriesFaults(client)
    return [
      ...ending.map((series) => ({
        id: series.now ? ('partitions-ending' as const) : ('partition-missing' as const),
        message: series.now
          ? `${series.place} has partitions until ${series.until} only`
          : `${series.place} has no partition for now`,
        mend: 'dbsvc doctor --fix',
        fix: async () => void (await extendSeries(client, series, limits)),
      })),
      ...filled.map(seeFilled),
      ...overdue.map(seeOverdue),
    ]
  },
})

function seeFilled(found: FilledDefault): Observation<'default-rows'> {
  const { place, rows, from, to, expired } = found
  const old = expired === 0 ? '' : `, ${expired === rows ? 'all' : expired} too old to be kept`
  return {
    id: 'default-rows',
    message: `${place} has ${rows} rows in its default partition, from ${from} to ${to}${old}`,
    mend: expired > 0 ? 'dbsvc retention run' : renderPlacing(found),
  }
}

/** Makes partitions from the first of the rows on, as many as there are to be ahead, and moves the rows to them. */
function renderPlacing({ series, defaultPartition, keptFrom }: FilledDefault): string {
  if (keptFrom === null) return `select * from ${defaultPartition}, then delete what has no time`
  return `begin; set local role dbsvc_owner; select dbsvc.extend_time_series(${renderArguments(series)}, '${keptFrom}'); commit`
}

const seeOverdue = ({ place, pieces, from }: OverdueSeries): Observation<'rows-overdue'> => ({
  id: 'rows-overdue',
  message: `${place} has ${pieces} chunks or partitions that are too old to be kept, the oldest until ${from}`,
  mend: 'dbsvc retention run',
})
