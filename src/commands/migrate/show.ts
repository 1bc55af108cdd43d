import { type RunDetails, showRun } from '../../app/migrate/runs.ts'
import { withSession } from '../../app/session.ts'
import type { Scope } from '../../core/migration/scope.ts'
import { targetName } from '../../engines/engine.ts'
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

const noTarget = { outcome: '', engine: '', scope: '', migration: '' }

function linesOf({ runId, command, state, request, sessions, targets }: RunDetails): string[] {
  const counts = Map.groupBy(
    targets,
    ({ engine, scope, migration, outcome }) => `${outcome} ${engine} ${scope} ${migration}`,
  )
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
      ['what', 'engine', 'scope', 'migration', 'targets'],
      [...counts.values()].map((members) => {
        const [{ outcome, engine, scope, migration } = noTarget] = members
        return [outcome, engine, scope, migration, String(members.length)]
      }),
    ),
    ...(failed.length === 0 ? [] : ['']),
    ...failed.map(({ engine, scope, company, reason }) => `${targetName(scope as Scope, company, engine)}: ${reason}`),
  ]
}
