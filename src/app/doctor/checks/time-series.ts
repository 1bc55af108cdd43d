import { extendSeries, findPartitionFaults } from '../../../engines/postgres/doctor/time-series.ts'
import { defineCheck } from '../check.ts'

export const timeSeries = defineCheck({
  id: 'time-series',
  engine: 'postgres',
  needs: 'control',
  summary: 'native time series have partitions ahead of now, and no row is in a default partition',
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
        'Their time is outside of all partitions, long ago or far ahead: retention does not reach them, and every query looks at them.',
    },
  },
  async look({ session }) {
    const { client } = await session()
    const { ending, filled } = await findPartitionFaults(client)
    return [
      ...ending.map(({ schema, name, place, now, until }) => ({
        id: now ? ('partitions-ending' as const) : ('partition-missing' as const),
        message: now ? `${place} has partitions until ${until} only` : `${place} has no partition for now`,
        mend: 'dbsvc doctor --fix',
        fix: () => extendSeries(client, { schema, name }),
      })),
      ...filled.map(({ place, defaultPartition, rows, from, to }) => ({
        id: 'default-rows' as const,
        message: `${place} has ${rows} rows in its default partition, from ${from} to ${to}`,
        mend: `select * from ${defaultPartition}, then move or delete them`,
      })),
    ]
  },
})
