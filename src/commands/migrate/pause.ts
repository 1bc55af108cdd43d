import { pauseRun } from '../../app/migrate/runs.ts'
import { withSession } from '../../app/session.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[run: string | undefined], object>(
  (pause) => {
    pause.argument('[run]', 'its id, or how it begins (default: the one that is under way)')
    examples(pause, ['dbsvc migrate pause', 'dbsvc migrate pause 0198f3a2'])
  },
  async (context, [id]) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'migrate pause', async (session) => {
      const { runId, actor, host, pid } = await pauseRun(session, id)
      context.output.result('migrate.pause/1', { place: session.place, runId }, () => [
        `run ${runId} by ${actor}@${host}, pid ${pid}, ends behind the batches under way; to go on: dbsvc migrate resume ${runId}`,
      ])
      return undefined
    })
  },
)
