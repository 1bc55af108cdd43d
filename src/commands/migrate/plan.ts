import { relative, resolve } from 'node:path'
import { planMigrations } from '../../app/migrate/plan.ts'
import { writePlan } from '../../app/migrate/plan-file.ts'
import { withSession } from '../../app/session.ts'
import type { EngineName } from '../../core/engine.ts'
import { ofEngine } from '../../core/engine.ts'
import { ExitCode } from '../../core/exit-codes.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { defineCommand, examples } from '../command.ts'
import { engineOption } from './engine.ts'
import { scopeOption } from './scope.ts'
import { addSelectionOptions, type SelectionOptions, selectionOf } from './selection.ts'

interface Options extends SelectionOptions {
  readonly to?: string
  readonly scope?: ProjectScope
  readonly engine?: EngineName
  readonly check: boolean
  readonly out?: string
}

export const command = defineCommand<[], Options>(
  (plan) => {
    plan
      .option('--to <version>', 'stop at this version, of PostgreSQL unless --engine names another')
      .addOption(scopeOption('only this scope'))
      .addOption(engineOption('only this engine'))
      .option('--check', 'exit with 2 when anything is pending', false)
      .option('--out <file>', 'write the plan to a file, for migrate up --plan')
    addSelectionOptions(plan)
    examples(plan, [
      'dbsvc migrate plan',
      'dbsvc migrate plan --check',
      'dbsvc migrate plan --out plan.json',
      'dbsvc migrate plan --json | jq .migrations',
    ])
  },
  async (context, _args, options) => {
    const { to, scope, engine, out } = options
    const request = {
      selection: selectionOf(options),
      ...(to === undefined ? {} : { to }),
      ...(scope === undefined ? {} : { scope }),
      ...(engine === undefined ? {} : { engine }),
    }
    const loaded = await context.loadConfig()
    return withSession(loaded, 'migrate plan', async (session) => {
      const plan = await planMigrations(session, request)
      const file = out === undefined ? null : resolve(context.cwd, out)
      if (file !== null) await writePlan(file, plan, request, new Date())
      context.output.note(`plan for ${plan.place}; nothing is written`)
      context.output.result('migrate.plan/1', { ...plan, planFile: file }, () => {
        if (plan.migrations.length === 0) return ['nothing is pending']
        return plan.migrations.flatMap((migration) => [
          `-- ${ofEngine(migration.engine, `${migration.scope} ${migration.name}`)} on ${migration.targets} ${migration.targets === 1 ? 'target' : 'targets'}, ` +
            `${relative(context.cwd, migration.file)}${migration.transaction ? '' : ', outside a transaction'}`,
          migration.sql ?? '-- built for each target: the file asks the database',
          '',
        ])
      })
      return options.check && plan.migrations.length > 0 ? ExitCode.Pending : undefined
    })
  },
)
