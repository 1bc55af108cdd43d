import { type RunDetails, showRun } from '../../app/migrate/runs.ts'
import { withSession } from '../../app/session.ts'
import { table } from '../../output/table.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[run: string], object>(
  (show) => {
    show.argument('<run>', 'its id, or how it begins')
    examples(show, ['dbsvc migrate show 0198f3a2', 'dbsvc migrate show 0198f3a2 --json | jq .targets'])
  },
  async (context, [id]) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'migrate show', async (session) => {
      const run = await showRun(session, id)
      context.output.result('migrate.show/1', { place: session.place, ...run }, () => linesOf(run))
      return undefined
    })
  },
)

function linesOf({ runId, command, state, request, sessions, targets }: RunDetails): string[] {
  const counts = Map.groupBy(targets, ({ scope, migration, outcome }) => `${outcome} ${scope} ${migration}`)
  const failed = targets.filter(({ outcome }) => outcome === 'failed')
  return [
    `run      ${runId}`,
    `command  ${command}`,
    `state    ${state}${request === null ? '' : `, asked to ${request}`}`,
    '',
    ...table(
      ['from', 'to', 'by', 'pid', 'ended as'],
      sessions.map(({ startedAt, endedAt, actor, host, pid, outcome }) => [
        startedAt.toISOString(),
        endedAt?.toISOString() ?? '-',
        `${actor}@${host}`,
        String(pid),
        outcome ?? '-',
      ]),
    ),
    '',
    ...table(
      ['what', 'scope', 'migration', 'targets'],
      [...counts.values()].map((members) => {
        const [{ outcome, scope, migration } = { outcome: '', scope: '', migration: '' }] = members
        return [outcome, scope, migration, String(members.length)]
      }),
    ),
    ...(failed.length === 0 ? [] : ['']),
    ...failed.map(({ scope, company, reason }) => `${company === '' ? scope : company}: ${reason}`),
  ]
}
