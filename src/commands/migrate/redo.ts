import { migrateRedo } from '../../app/migrate/down.ts'
import { withSession } from '../../app/session.ts'
import type { EngineName } from '../../core/engine.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { defineCommand, examples } from '../command.ts'
import { withReporter } from '../report-run.ts'
import { engineOption } from './engine.ts'
import { printRun } from './report.ts'
import { scopeOption } from './scope.ts'
import { addSelectionOptions, type SelectionOptions, selectionOf } from './selection.ts'

interface Options extends SelectionOptions {
  readonly engine: EngineName
  readonly scope: ProjectScope
}

export const command = defineCommand<[], Options>(
  (redo) => {
    redo
      .addOption(scopeOption('which migration to do again').default('tenant'))
      .addOption(engineOption('in which engine').default('postgres'))
    addSelectionOptions(redo)
    examples(redo, ['dbsvc migrate redo', 'dbsvc migrate redo --scope shared'])
  },
  async (context, _args, { scope, engine, ...selected }) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'migrate redo', async (session) => {
      context.output.note(`doing the last ${scope} migration of ${engine} again, as recorded at ${session.place}`)
      const selection = selectionOf(selected)
      const result = await withReporter(context, (onEvent) =>
        migrateRedo(session, { engine, scope, selection, signal: context.signal, onEvent }),
      )
      return printRun(context, 'migrate.redo/1', session.place, result)
    })
  },
)
