import pg from 'pg'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import { statementsOf } from '../../../core/migration/statements.ts'
import type { BatchOrigin } from '../../engine.ts'
import { targetName } from '../../engine.ts'
import { isConnectionLoss } from '../connection.ts'
import type { CompiledMigration } from './compile.ts'

/** The part of a migration that was running when it failed. */
export interface FailedStep {
  readonly migration: CompiledMigration
  /** The text that was sent, or null when it was dbsvc's own. */
  readonly sql: string | null
  /** How many statements of that text were through. */
  finished: number
}

/** Sends a text of one or more statements, and keeps count of them. */
export async function countFinished(client: pg.Client, sql: string, step: FailedStep): Promise<void> {
  const count = (): void => {
    step.finished += 1
  }
  client.connection.on('commandComplete', count)
  try {
    await client.query(sql)
  } finally {
    client.connection.off('commandComplete', count)
  }
}

/** Turns what PostgreSQL says of one target into an error that names file, line and column. */
export function explainFailure(error: unknown, origin: BatchOrigin, step: FailedStep, place: string): DbsvcError {
  if (error instanceof DbsvcError) return error
  const target = targetName(origin.scope, origin.companies[0] ?? '')
  if (isConnectionLoss(error)) return DbsvcError.of('DBS-1105', { place, reason: reasonOf(error) }, error)
  if (!(error instanceof pg.DatabaseError)) throw error
  const file = step.migration.path
  if (error.constraint === 'dbsvc_transaction_ended') return DbsvcError.of('DBS-1504', { file }, error)
  if (error.constraint === 'dbsvc_unprotected') {
    return DbsvcError.of('DBS-1503', { tables: (error.detail ?? '').split(', '), file }, error)
  }
  if (error.code === '55P03') return DbsvcError.of('DBS-1505', { target, file, blocker: null }, error)
  const { line, column } = locate(error, step)
  const detail = error.detail === undefined ? '' : ` (${error.detail})`
  return DbsvcError.of(
    'DBS-1501',
    { target, file, line, column, reason: `${error.message}${detail}${excerpt(error, step)}` },
    error,
  )
}

/** A file's SQL begins on its own line. */
function locate(error: pg.DatabaseError, step: FailedStep): { line: number | null; column: number | null } {
  const firstLine = step.migration.firstLine
  if (firstLine === null || step.sql === null) return { line: null, column: null }
  const lines = textBefore(error, step.sql, step.finished).split('\n')
  return { line: firstLine + lines.length - 1, column: (lines.at(-1)?.length ?? 0) + 1 }
}

/** Where the SQL is not in the file as it stands, the line of SQL is shown instead of a line number. */
function excerpt(error: pg.DatabaseError, step: FailedStep): string {
  if (step.sql === null || step.migration.firstLine !== null) return ''
  const lineNumber = textBefore(error, step.sql, step.finished).split('\n').length - 1
  return `; in: ${step.sql.split('\n')[lineNumber]?.trim().slice(0, 200) ?? ''}`
}

/** What stands before the mistake; before the statement that failed where PostgreSQL gives no position, as for a violated key. */
function textBefore(error: pg.DatabaseError, sql: string, finished: number): string {
  const position = Number(error.position)
  // PostgreSQL counts characters of what was sent, from 1; JavaScript counts UTF-16 units.
  if (Number.isInteger(position) && position > 0) return [...sql].slice(0, position - 1).join('')
  return sql.slice(0, statementsOf(sql)[finished]?.start ?? 0)
}
