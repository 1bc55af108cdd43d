import { relative } from 'node:path'
import { Option } from 'commander'
import { languages, type NewMigration, newMigration } from '../../app/migrate/new.ts'
import { locateProject } from '../../app/project.ts'
import { engineNames } from '../../core/engine.ts'
import { defineCommand, examples } from '../command.ts'
import { scopeOption } from './scope.ts'

export const command = defineCommand<[name: string], Omit<NewMigration, 'name'>>(
  (command) => {
    command
      .argument('<name>', 'what it does, such as add_leverage')
      .addOption(new Option('-e, --engine <engine>', 'for which engine').choices(engineNames).default('postgres'))
      .addOption(scopeOption('once per cluster, or once per company').default('tenant'))
      .addOption(new Option('-l, --language <language>', 'of the file (default: sql, or json)').choices(languages))
    examples(command, [
      'dbsvc migrate new add_leverage --scope tenant',
      'dbsvc migrate new rename_symbols --scope shared --language ts',
      'dbsvc migrate new trades_by_hour --engine clickhouse',
    ])
  },
  async (context, [name], options) => {
    const path = await newMigration(locateProject(await context.loadConfig()), { name, ...options })
    context.output.result('migrate.new/1', { file: path }, () => [relative(context.cwd, path)])
    return undefined
  },
)
