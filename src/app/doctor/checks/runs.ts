import { type ListedRun, listRuns } from '../../../engines/postgres/migration/run-list.ts'
import { defineCheck } from '../check.ts'

const latest = 100

export const runs = defineCheck({
  id: 'runs',
  engine: 'postgres',
  needs: 'control',
  summary: 'no migration run was left paused or killed',
  findings: {
    'run-paused': {
      severity: 'warning',
      means: 'No other migrate up begins before it is resumed or cancelled.',
    },
    'run-killed': {
      severity: 'warning',
      means: 'What it was to do may be half done: some companies have its migrations and some do not.',
    },
  },
  async look({ session }) {
    const left = await listRuns((await session()).client, latest)
    return left.flatMap((run) => {
      const { state } = run
      if (state !== 'paused' && state !== 'killed') return []
      const mend = `dbsvc migrate resume ${run.runId}, or dbsvc migrate cancel ${run.runId}`
      return [{ id: `run-${state}` as const, message: `${describe(run)} was left ${state}`, mend }]
    })
  },
})

const describe = ({ runId, command, startedAt, actor, host }: ListedRun): string =>
  `run ${runId} (${command}, begun ${startedAt.toISOString()} by ${actor}@${host})`
