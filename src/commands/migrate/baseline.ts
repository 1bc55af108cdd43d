import { baseline } from '../../app/migrate/baseline.ts'
import { withSession } from '../../app/session.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { defineCommand, examples } from '../command.ts'
import { withReporter } from '../report-run.ts'
import { printRun } from './report.ts'
import { scopeOption } from './scope.ts'

export const command = defineCommand<[], { readonly to: string; readonly scope: ProjectScope }>(
  (command) => {
    command
      .requiredOption('--to <version>', 'the last version that another tool has applied')
      .addOption(scopeOption('whose migrations').makeOptionMandatory())
    examples(command, ['dbsvc migrate baseline --scope shared --to 0003'])
  },
  async (context, _args, { to, scope }) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'migrate baseline', async (session) => {
      context.output.note(`taking over what is on ${session.place}`)
      const result = await withReporter(context, (onEvent) =>
        baseline(session, { scope, to, signal: context.signal, onEvent }),
      )
      return printRun(context, 'migrate.baseline/1', session.place, result)
    })
  },
)
