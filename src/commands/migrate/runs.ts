import { latestRuns } from '../../app/migrate/runs.ts'
import { withSession } from '../../app/session.ts'
import { table } from '../../output/table.ts'
import { defineCommand, examples } from '../command.ts'
import { positiveInteger } from '../parse.ts'

export const command = defineCommand<[], { readonly limit: number }>(
  (runs) => {
    runs.option('--limit <count>', 'how many, the newest first', positiveInteger, 20)
    examples(runs, ['dbsvc migrate runs', 'dbsvc migrate runs --limit 100 --json'])
  },
  async (context, _args, { limit }) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'migrate runs', async (session) => {
      const runs = await latestRuns(session, limit)
      context.output.result('migrate.runs/1', { place: session.place, runs }, () =>
        table(
          ['run', 'command', 'state', 'started', 'by', 'applied', 'undone', 'failed'],
          runs.map(({ runId, command, state, startedAt, actor, host, applied, undone, failed }) => [
            runId,
            command,
            state,
            startedAt.toISOString(),
            `${actor}@${host}`,
            String(applied),
            String(undone),
            String(failed),
          ]),
        ),
      )
      return undefined
    })
  },
)
