import { listRetention } from '../../app/retention/list.ts'
import { withSession } from '../../app/session.ts'
import { table } from '../../output/table.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[], object>(
  (list) => {
    examples(list, ['dbsvc retention list', 'dbsvc retention list --json'])
  },
  async (context) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'retention list', async (session) => {
      const groups = await listRetention(session, new Date(context.output.now()))
      context.output.result('retention.list/1', { place: session.place, groups }, () =>
        table(
          ['scope', 'name', 'kind', 'chunk', 'keep', 'series', 'due', 'expired', 'short'],
          groups.map(({ scope, name, kind, chunk, keep, series, due, expired, short }) => [
            scope,
            name,
            kind,
            chunk,
            keep ?? 'for ever',
            String(series),
            String(due),
            String(expired),
            String(short),
          ]),
        ),
      )
      return undefined
    })
  },
)
