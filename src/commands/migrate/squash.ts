import { relative } from 'node:path'
import { squashMigrations } from '../../app/migrate/squash.ts'
import { withSession } from '../../app/session.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { defineCommand, examples } from '../command.ts'
import { withReporter } from '../report-run.ts'
import { scopeOption } from './scope.ts'

export const command = defineCommand<[], { readonly to: string; readonly scope: ProjectScope }>(
  (squash) => {
    squash
      .requiredOption('--to <version>', 'the last version that goes into the baseline')
      .addOption(scopeOption('whose migrations').makeOptionMandatory())
    examples(squash, ['dbsvc migrate squash --scope tenant --to 0004'])
  },
  async (context, _args, { to, scope }) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'migrate squash', async (session) => {
      context.output.note(`squashing ${scope} migrations up to ${to} on ${session.place}`)
      const result = await withReporter(context, (onEvent) =>
        squashMigrations(session, { scope, to, signal: context.signal, onEvent }),
      )
      context.output.result('migrate.squash/1', { place: session.place, scope, ...result }, () =>
        result.baseline === null
          ? ['nothing to squash']
          : [`${relative(context.cwd, result.baseline)} stands for ${result.squashed.join(', ')}`],
      )
      return undefined
    })
  },
)
