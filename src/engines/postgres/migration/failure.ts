import pg from 'pg'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import type { BatchOrigin } from '../../engine.ts'
import { targetName } from '../../engine.ts'
import { isConnectionLoss } from '../connection.ts'
import type { CompiledMigration } from './compile.ts'

/** The part of a migration that was running when it failed. */
export interface FailedStep {
  readonly migration: CompiledMigration
  /** The text that was sent, or null when it was dbsvc's own. */
  readonly sql: string | null
}

/** Turns what PostgreSQL says of one target into an error that names file, line and column. */
export function explainFailure(error: unknown, origin: BatchOrigin, step: FailedStep, place: string): DbsvcError {
  if (error instanceof DbsvcError) return error
  const target = targetName(origin.scope, origin.companies[0] ?? '')
  if (isConnectionLoss(error)) return DbsvcError.of('DBS-1105', { place, reason: reasonOf(error) }, error)
  if (!(error instanceof pg.DatabaseError)) throw error
  const file = step.migration.path
  if (error.constraint === 'dbsvc_target_moved') return DbsvcError.of('DBS-1408', { target }, error)
  if (error.constraint === 'dbsvc_transaction_ended') return DbsvcError.of('DBS-1504', { file }, error)
  if (error.constraint === 'dbsvc_unprotected') {
    return DbsvcError.of('DBS-1503', { tables: (error.detail ?? '').split(', '), file }, error)
  }
  const { line, column } = locate(error, step)
  const detail = error.detail === undefined ? '' : ` (${error.detail})`
  return DbsvcError.of(
    'DBS-1501',
    { target, file, line, column, reason: `${error.message}${detail}${excerpt(error, step)}` },
    error,
  )
}

/** PostgreSQL counts characters of what was sent, from 1; a file's SQL begins on its own line. */
function locate(error: pg.DatabaseError, step: FailedStep): { line: number | null; column: number | null } {
  const firstLine = step.migration.firstLine
  if (firstLine === null || step.sql === null) return { line: null, column: null }
  const before = textBefore(error, step.sql)
  if (before === undefined) return { line: firstLine, column: 1 }
  const lines = before.split('\n')
  return { line: firstLine + lines.length - 1, column: (lines.at(-1)?.length ?? 0) + 1 }
}

/** Where the SQL is not in the file as it stands, the line of SQL is shown instead of a line number. */
function excerpt(error: pg.DatabaseError, step: FailedStep): string {
  if (step.sql === null || step.migration.firstLine !== null) return ''
  const lineNumber = (textBefore(error, step.sql) ?? '').split('\n').length - 1
  return `; in: ${step.sql.split('\n')[lineNumber]?.trim().slice(0, 200) ?? ''}`
}

function textBefore(error: pg.DatabaseError, sql: string): string | undefined {
  const position = Number(error.position)
  // Positions are in characters, JavaScript counts UTF-16 units.
  return Number.isInteger(position) && position > 0 ? [...sql].slice(0, position - 1).join('') : undefined
}
