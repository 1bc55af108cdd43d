import { relative } from 'node:path'
import { planMigrations } from '../../app/migrate/plan.ts'
import { withSession } from '../../app/session.ts'
import { ExitCode } from '../../core/exit-codes.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { defineCommand, examples } from '../command.ts'
import { scopeOption } from './scope.ts'

interface Options {
  readonly to?: string
  readonly scope?: ProjectScope
  readonly check: boolean
}

export const command = defineCommand<[], Options>(
  (plan) => {
    plan
      .option('--to <version>', 'stop at this version')
      .addOption(scopeOption('only this scope'))
      .option('--check', 'exit with 2 when anything is pending', false)
    examples(plan, ['dbsvc migrate plan', 'dbsvc migrate plan --check', 'dbsvc migrate plan --json | jq .migrations'])
  },
  async (context, _args, options) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'migrate plan', async (session) => {
      const plan = await planMigrations(session, options)
      context.output.note(`plan for ${plan.place}; nothing is written`)
      context.output.result('migrate.plan/1', plan, () => {
        if (plan.migrations.length === 0) return ['nothing is pending']
        return plan.migrations.flatMap((migration) => [
          `-- ${migration.scope} ${migration.name} on ${migration.targets} ${migration.targets === 1 ? 'target' : 'targets'}, ` +
            `${relative(context.cwd, migration.file)}${migration.transaction ? '' : ', outside a transaction'}`,
          migration.sql ?? '-- built for each target: the file asks the database',
          '',
        ])
      })
      return options.check && plan.migrations.length > 0 ? ExitCode.Pending : undefined
    })
  },
)
