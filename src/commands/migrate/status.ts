import { migrationStatus, type Status, type StatusGroup } from '../../app/migrate/status.ts'
import { withSession } from '../../app/session.ts'
import { ExitCode } from '../../core/exit-codes.ts'
import { targetName } from '../../engines/engine.ts'
import { count } from '../../output/progress/words.ts'
import { table } from '../../output/table.ts'
import { defineCommand, examples } from '../command.ts'

// More than a screen of companies is a list to be read by a program.
const shownOutliers = 20

export const command = defineCommand<[], { readonly check: boolean }>(
  (status) => {
    status.option('--check', 'exit with 2 when anything is pending', false)
    examples(status, ['dbsvc migrate status', 'dbsvc migrate status --check --json'])
  },
  async (context, _args, { check }) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'migrate status', async (session) => {
      const status = await migrationStatus(session, context.output.json)
      context.output.note(status.place)
      context.output.result('migrate.status/1', status, () => linesOf(status))
      const pending = status.controlPending > 0 || status.groups.some((group) => group.pending !== 0)
      return check && pending ? ExitCode.Pending : undefined
    })
  },
)

function linesOf({ groups, controlPending }: Status): string[] {
  const lines = [
    ...table(['engine', 'scope', 'version', 'targets', 'state'], groups.map(rowOf)),
    ...groups.flatMap(({ mismatch }) => (mismatch === null ? [] : ['', mismatch.message, `hint: ${mismatch.hint}`])),
    ...outliersOf(groups),
  ]
  return controlPending > 0 ? [...lines, 'this cluster is not set up for this dbsvc: dbsvc migrate up'] : lines
}

function rowOf({ engine, scope, version, targets, example, pending, failed }: StatusGroup): string[] {
  const state = pending === null ? 'not as in the folder' : pending === 0 ? 'up to date' : `${pending} pending`
  return [
    engine,
    scope,
    version ?? '-',
    scope === 'tenant' && targets === 1 ? `1 (${example})` : count(targets),
    failed === 0 ? state : `${state}, ${count(failed)} failed`,
  ]
}

function outliersOf(groups: readonly StatusGroup[]): string[] {
  const outliers = groups.flatMap(({ engine, version, companies }) =>
    (companies ?? []).map(({ company, failure }) => {
      const why = failure === null ? '' : `: ${failure.migration} failed, ${failure.reason}`
      return `${targetName('tenant', company, engine)} is at ${version ?? '-'}${why}`
    }),
  )
  if (outliers.length === 0) return []
  const more = outliers.length - shownOutliers
  return ['', ...outliers.slice(0, shownOutliers), ...(more > 0 ? [`and ${count(more)} more: --json has all`] : [])]
}
