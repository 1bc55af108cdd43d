import { resolve } from 'node:path'
import { readPlan } from '../../app/migrate/plan-file.ts'
import { migrateUp } from '../../app/migrate/up.ts'
import { withSession } from '../../app/session.ts'
import type { EngineName } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { defineCommand, examples } from '../command.ts'
import { withReporter } from '../report-run.ts'
import { engineOption } from './engine.ts'
import { printRun } from './report.ts'
import { scopeOption } from './scope.ts'
import { addSelectionOptions, type SelectionOptions, selectionOf } from './selection.ts'

interface Options extends SelectionOptions {
  readonly to?: string
  readonly scope?: ProjectScope
  readonly engine?: EngineName
  readonly plan?: string
}

export const command = defineCommand<[], Options>(
  (up) => {
    up.option('--to <version>', 'stop at this version, of PostgreSQL unless --engine names another')
      .addOption(scopeOption('only this scope'))
      .addOption(engineOption('only this engine'))
    addSelectionOptions(up).option('--plan <file>', 'run this plan, and nothing if anything has changed since')
    examples(up, [
      'dbsvc migrate up',
      'dbsvc migrate up --scope tenant --to 0003',
      'dbsvc migrate up --engine clickhouse',
      'dbsvc migrate up --wave canary',
      'dbsvc migrate up --tenant company_abc --tenant company_xyz',
      'dbsvc migrate up --plan plan.json --json',
    ])
  },
  async (context, _args, options) => {
    const { plan: file, to, scope, engine } = options
    const selection = selectionOf(options)
    if (
      file !== undefined &&
      ([to, scope, engine].some((option) => option !== undefined) || Object.keys(selection).length > 0)
    ) {
      throw DbsvcError.of('DBS-1903', { reason: '--plan says what to run; the other options go to dbsvc migrate plan' })
    }
    const plan = file === undefined ? undefined : await readPlan(resolve(context.cwd, file))
    const request = plan?.request ?? {
      selection,
      ...(to === undefined ? {} : { to }),
      ...(scope === undefined ? {} : { scope }),
      ...(engine === undefined ? {} : { engine }),
    }
    const loaded = await context.loadConfig()
    return withSession(loaded, 'migrate up', async (session) => {
      context.output.note(
        `migrating ${session.place}${session.project.shippedMigrations ? ' with the schema that ships with dbsvc' : ''}`,
      )
      const planned = plan === undefined ? {} : { plan }
      const result = await withReporter(context, (onEvent) =>
        migrateUp(session, { ...request, ...planned, signal: context.signal, onEvent }),
      )
      return printRun(context, 'migrate.up/1', session.place, result)
    })
  },
)
