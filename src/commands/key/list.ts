import { listKeys } from '../../app/key/list-keys.ts'
import { withSession } from '../../app/session.ts'
import { table } from '../../output/table.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[], object>(
  (list) => {
    examples(list, ['dbsvc key list', 'dbsvc key list --json'])
  },
  async (context) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'key list', async (session) => {
      const keys = await listKeys(session)
      context.output.result('key.list/1', { place: session.place, keys }, () =>
        table(
          ['key', 'state', 'on this machine', 'created', 'retires'],
          keys.map(({ keyId, state, held, createdAt, retiresAt }) => [
            keyId,
            state,
            held ? 'yes' : 'no',
            createdAt.toISOString(),
            retiresAt?.toISOString() ?? '-',
          ]),
        ),
      )
      return undefined
    })
  },
)
