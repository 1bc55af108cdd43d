import pg from 'pg'
import { leadingKeyword } from './leading-keyword.ts'
import type { RowMode } from './result.ts'
import type { WireValue } from './wire.ts'

/** One SQL statement with its parameters `$1`, `$2`, … */
export interface Statement {
  readonly text: string
  readonly values?: readonly unknown[]
  /** Objects where it is left out. */
  readonly rowMode?: RowMode
  /** Keeps the parsed statement on the connection, for this company. */
  readonly prepare?: boolean
  /** Asks for its plan as JSON, and does not run it. */
  readonly explain?: boolean
}

/** A statement that can be sent without anything failing half-way. */
export interface BoundStatement {
  readonly text: string
  readonly values: readonly WireValue[]
  readonly rowMode: RowMode
  readonly prepare: boolean
  readonly explain: boolean
  /** Whether it begins as those do that read or change rows and leave nothing behind in the session. */
  readonly plain: boolean
}

const plainKeywords = new Set(['select', 'with', 'values', 'table', 'insert', 'update', 'delete', 'merge'])
// The count of parameters has 16 bits in the protocol.
const mostValues = 65_535

const { prepareValue } = (pg as unknown as { utils: { prepareValue(value: unknown): WireValue } }).utils

/** @throws pg.DatabaseError 22021, 54023 or 22023 for what PostgreSQL cannot be sent */
export function bindStatement(statement: Statement): BoundStatement {
  const { text, values = [], rowMode = 'object', prepare = false, explain = false } = statement
  if (text.includes('\0')) throw sqlError('22021', 'the statement holds a zero byte')
  if (values.length > mostValues) throw sqlError('54023', `the statement has ${values.length} parameters`)
  return {
    // Never with ANALYZE, which would run it: the statement's own first word is behind the options.
    text: explain ? `explain (format json, verbose)\n${text}` : text,
    values: values.map(bindValue),
    rowMode,
    prepare: prepare && !explain,
    explain,
    plain: plainKeywords.has(leadingKeyword(text)),
  }
}

function bindValue(value: unknown, index: number): WireValue {
  try {
    // pg warns of such a date and sends NaN.
    if (value instanceof Date && Number.isNaN(value.getTime())) throw new RangeError('invalid date')
    return prepareValue(value)
  } catch (error) {
    throw sqlError('22023', `parameter $${index + 1} cannot be sent`, error)
  }
}

/** An error of this side in the shape of the server's, so that callers need to know one kind. */
export function sqlError(code: string, message: string, cause?: unknown): pg.DatabaseError {
  const error = new pg.DatabaseError(message, message.length, 'error')
  error.code = code
  error.severity = 'ERROR'
  if (cause !== undefined) error.cause = cause
  return error
}
