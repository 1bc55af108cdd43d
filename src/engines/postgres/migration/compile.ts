import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import type { MigrationFile } from '../../../core/migration/file.ts'
import { endsTransaction, statementsOf } from '../../../core/migration/statements.ts'
import { type MigrationTimeouts, timeoutsIn } from '../../../core/migration/timeouts.ts'
import { type Builder, createBuilder, createSqlBuilder, type QueryTarget } from './builder.ts'

export type Direction = 'up' | 'down'

/** One direction of a migration, rendered. */
export interface CompiledSql {
  /** Sent in this order. */
  readonly steps: readonly string[]
  /** False after `pgm.noTransaction()`. */
  readonly transaction: boolean
}

/** A table that the migration leaves without protection, on purpose. */
export interface Exemption {
  readonly table: string
  readonly reason: string
}

export interface CompiledMigration extends MigrationFile {
  /** Rendered once for all targets, or null when the file asks the database while it is built, so each target has its own. */
  readonly sql: CompiledSql | null
  /** Renders it for one target. */
  readonly buildFor: (query: QueryTarget) => Promise<CompiledSql>
  readonly exemptions: readonly Exemption[]
  /** In place of the configured ones. */
  readonly timeouts: MigrationTimeouts
  /** Line of the file on which a single-step migration's SQL begins, from 1; null where SQL is not in the file as it stands. */
  readonly firstLine: number | null
}

type Action = (pgm: Builder, run?: () => void) => unknown
interface MigrationModule {
  readonly up?: Action | false
  readonly down?: Action | false
  readonly shorthands?: Readonly<Record<string, unknown>>
}

class AsksDatabase extends Error {}

/**
 * Compiles the files that `wanted` names, in the direction given, through node-pg-migrate's own loader and builder.
 * `folder` is the whole folder: shorthands of earlier files hold in later ones.
 * @throws DBS-1302 a file that cannot be loaded, DBS-1303 a way down that does not exist, DBS-1504 one that ends its transaction
 */
export async function compileMigrations(
  folder: readonly MigrationFile[],
  wanted: ReadonlySet<string>,
  direction: Direction,
): Promise<CompiledMigration[]> {
  const compiled = await compileUnchecked(folder, wanted, direction)
  for (const migration of compiled) {
    if (migration.sql !== null) requireWholeTransaction(migration, migration.sql)
  }
  return compiled
}

/** The same for a look that runs nothing: a file that ends its transaction is compiled too, when it is not built for a target. */
export async function compileUnchecked(
  folder: readonly MigrationFile[],
  wanted: ReadonlySet<string>,
  direction: Direction,
): Promise<CompiledMigration[]> {
  const needsShorthands = folder.some((file) => wanted.has(file.name) && !isSql(file))
  let shorthands: Readonly<Record<string, unknown>> = {}
  const compiled: CompiledMigration[] = []
  for (const file of folder) {
    if (!wanted.has(file.name) && (!needsShorthands || isSql(file))) continue
    const module = await load(file)
    shorthands = { ...shorthands, ...module.shorthands }
    if (wanted.has(file.name)) compiled.push(await compile(file, module, shorthands, direction))
  }
  return compiled
}

const isSql = (file: MigrationFile): boolean => extname(file.path) === '.sql'

async function load(file: MigrationFile): Promise<MigrationModule> {
  try {
    if (isSql(file)) {
      const { sqlMigration } = await import('node-pg-migrate/sqlMigration')
      return (await sqlMigration(file.path)) as MigrationModule
    }
    const { jiti } = await import('node-pg-migrate')
    return await jiti.import<MigrationModule>(file.path)
  } catch (error) {
    throw DbsvcError.of('DBS-1302', { file: file.path, reason: reasonOf(error) }, error)
  }
}

async function compile(
  file: MigrationFile,
  module: MigrationModule,
  shorthands: Readonly<Record<string, unknown>>,
  direction: Direction,
): Promise<CompiledMigration> {
  const { action, reverse } = actionOf(file, module, direction)
  const render = (query: QueryTarget): Promise<CompiledSql> => build(file, action, reverse, shorthands, query)
  const text = await readFile(file.path, 'utf8')
  const sql = await render(refuseQuery).catch((error: unknown) => {
    if (isCausedBy(error, AsksDatabase)) return null
    throw error
  })
  return {
    ...file,
    sql,
    buildFor: async (query) => requireWholeTransaction(file, await render(query)),
    exemptions: exemptionsOf(file, text),
    timeouts: timeoutsOf(file, text),
    firstLine: isSql(file) && sql !== null ? lineOf(text, sql.steps[0] ?? '') : null,
  }
}

const refuseQuery: QueryTarget = () => Promise.reject(new AsksDatabase())

/** As node-pg-migrate resolves it: no `down` means the inferred reverse of `up`, `false` means there is none. */
function actionOf(
  file: MigrationFile,
  module: MigrationModule,
  direction: Direction,
): { action: Action; reverse: boolean } {
  const action = direction === 'up' ? module.up : module.down === undefined ? module.up : module.down
  if (action === false && direction === 'down') throw DbsvcError.of('DBS-1303', { file: file.path })
  if (typeof action !== 'function') {
    throw DbsvcError.of('DBS-1302', { file: file.path, reason: `it does not export a function ${direction}` })
  }
  return { action, reverse: direction === 'down' && module.down === undefined }
}

async function build(
  file: MigrationFile,
  action: Action,
  reverse: boolean,
  shorthands: Readonly<Record<string, unknown>>,
  query: QueryTarget,
): Promise<CompiledSql> {
  const pgm = isSql(file) ? await createSqlBuilder() : await createBuilder(shorthands, query)
  if (reverse) pgm.enableReverseMode()
  try {
    if (action.length === 2) await new Promise<void>((resolve) => void action(pgm, resolve))
    else await action(pgm)
  } catch (error) {
    throw DbsvcError.of('DBS-1302', { file: file.path, reason: reasonOf(error) }, error)
  }
  return { steps: pgm.getSqlSteps(), transaction: pgm.isUsingTransaction() }
}

/** What follows a COMMIT would run outside of the transaction, and no longer as dbsvc_owner. */
function requireWholeTransaction(file: MigrationFile, sql: CompiledSql): CompiledSql {
  if (sql.transaction && sql.steps.some((step) => statementsOf(step).some(endsTransaction))) {
    throw DbsvcError.of('DBS-1504', { file: file.path })
  }
  return sql
}

function isCausedBy(error: unknown, kind: abstract new (...args: never[]) => Error): boolean {
  return error instanceof kind || (error instanceof Error && error.cause !== undefined && isCausedBy(error.cause, kind))
}

/** `-- dbsvc: unprotected <table> because <reason>`, or the same after `//`. */
function exemptionsOf(file: MigrationFile, text: string): Exemption[] {
  return [...text.matchAll(/^\s*(?:--|\/\/)\s*dbsvc:\s*unprotected\s+(\S+)[ \t]*(?:because[ \t]+(\S.*))?$/gm)].map(
    (match) => {
      const [, table = '', reason] = match
      if (reason === undefined) {
        throw DbsvcError.of('DBS-1302', {
          file: file.path,
          reason: `"unprotected ${table}" needs a reason: because <reason>`,
        })
      }
      return { table, reason: reason.trim() }
    },
  )
}

function timeoutsOf(file: MigrationFile, text: string): MigrationTimeouts {
  try {
    return timeoutsIn(text)
  } catch (error) {
    throw DbsvcError.of('DBS-1302', { file: file.path, reason: reasonOf(error) }, error)
  }
}

function lineOf(text: string, step: string): number | null {
  // The builder may have added a semicolon at the end.
  const start = text.indexOf(step.replace(/;$/, ''))
  return start === -1 ? null : text.slice(0, start).split('\n').length
}
