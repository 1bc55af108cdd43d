import { migrationStatus, type StatusGroup } from '../../app/migrate/status.ts'
import { withSession } from '../../app/session.ts'
import { ExitCode } from '../../core/exit-codes.ts'
import { table } from '../../output/table.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[], { readonly check: boolean }>(
  (status) => {
    status.option('--check', 'exit with 2 when anything is pending', false)
    examples(status, ['dbsvc migrate status', 'dbsvc migrate status --check --json'])
  },
  async (context, _args, { check }) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'migrate status', async (session) => {
      const status = await migrationStatus(session)
      context.output.note(status.place)
      context.output.result('migrate.status/1', status, () => {
        const lines = table(['scope', 'version', 'targets', 'state'], status.groups.map(rowOf))
        return status.controlPending > 0
          ? [...lines, 'this cluster is not set up for this dbsvc: dbsvc migrate up']
          : lines
      })
      const pending = status.controlPending > 0 || status.groups.some((group) => group.pending !== 0)
      return check && pending ? ExitCode.Pending : undefined
    })
  },
)

function rowOf(group: StatusGroup): string[] {
  const state =
    group.pending === null ? 'not as in the folder' : group.pending === 0 ? 'up to date' : `${group.pending} pending`
  const targets = group.scope === 'tenant' && group.targets === 1 ? `1 (${group.example})` : String(group.targets)
  return [group.scope, group.version ?? '-', targets, state]
}
