import { migrateUp } from '../../app/migrate/up.ts'
import { withSession } from '../../app/session.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { defineCommand, examples } from '../command.ts'
import { withReporter } from '../report-run.ts'
import { printRun } from './report.ts'
import { scopeOption } from './scope.ts'

interface Options {
  readonly to?: string
  readonly scope?: ProjectScope
}

export const command = defineCommand<[], Options>(
  (up) => {
    up.option('--to <version>', 'stop at this version').addOption(scopeOption('only this scope'))
    examples(up, ['dbsvc migrate up', 'dbsvc migrate up --scope tenant --to 0003', 'dbsvc migrate up --json'])
  },
  async (context, _args, options) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'migrate up', async (session) => {
      context.output.note(
        `migrating ${session.place}${session.project.shippedMigrations ? ' with the schema that ships with dbsvc' : ''}`,
      )
      const result = await withReporter(context, (onEvent) =>
        migrateUp(session, { ...options, signal: context.signal, onEvent }),
      )
      printRun(context, 'migrate.up/1', session.place, result)
      return undefined
    })
  },
)
