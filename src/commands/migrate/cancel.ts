import { cancelRunById } from '../../app/migrate/runs.ts'
import { withSession } from '../../app/session.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[run: string], object>(
  (cancel) => {
    cancel.argument('<run>', 'its id, or how it begins')
    examples(cancel, ['dbsvc migrate cancel 0198f3a2'])
  },
  async (context, [id]) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'migrate cancel', async (session) => {
      const { runId, state } = await cancelRunById(session, id)
      context.output.result('migrate.cancel/1', { place: session.place, runId }, () => [
        state === 'running' ? `run ${runId} ends behind the batches under way` : `run ${runId} is given up`,
      ])
      return undefined
    })
  },
)
