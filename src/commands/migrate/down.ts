import { migrateDown } from '../../app/migrate/down.ts'
import { withSession } from '../../app/session.ts'
import type { EngineName } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { defineCommand, examples } from '../command.ts'
import { positiveInteger } from '../parse.ts'
import { withReporter } from '../report-run.ts'
import { engineOption } from './engine.ts'
import { printRun } from './report.ts'
import { scopeOption } from './scope.ts'
import { addSelectionOptions, type SelectionOptions, selectionOf } from './selection.ts'

interface Options extends SelectionOptions {
  readonly engine: EngineName
  readonly to?: string
  readonly steps?: number
  readonly scope: ProjectScope
}

export const command = defineCommand<[], Options>(
  (down) => {
    down
      .option('--to <version>', 'undo down to this version, which stays; 0 undoes everything')
      .option('--steps <count>', 'undo this many (default: 1)', positiveInteger)
      .addOption(scopeOption('which migrations to undo').default('tenant'))
      .addOption(engineOption('in which engine').default('postgres'))
    addSelectionOptions(down)
    examples(down, [
      'dbsvc migrate down',
      'dbsvc migrate down --steps 2 --tenant company_abc',
      'dbsvc migrate down --scope shared --to 0003',
      'dbsvc migrate down --engine clickhouse',
    ])
  },
  async (context, _args, { to, steps, scope, engine, ...selected }) => {
    if (to !== undefined && steps !== undefined)
      throw DbsvcError.of('DBS-1903', { reason: '--to and --steps exclude each other' })
    const loaded = await context.loadConfig()
    return withSession(loaded, 'migrate down', async (session) => {
      context.output.note(`undoing ${scope} migrations of ${engine}, as recorded at ${session.place}`)
      const back = to === undefined ? { steps: steps ?? 1 } : { to }
      const selection = selectionOf(selected)
      const result = await withReporter(context, (onEvent) =>
        migrateDown(session, { engine, scope, back, selection, signal: context.signal, onEvent }),
      )
      return printRun(context, 'migrate.down/1', session.place, result)
    })
  },
)
