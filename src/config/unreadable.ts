import { DbsvcError, reasonOf } from '../core/errors/error.ts'

/** What the parsers behind cosmiconfig throw. */
interface ParserError {
  readonly code?: string
  /** Set by cosmiconfig. */
  readonly filepath?: string
  readonly path?: string
  /** Set by js-yaml. */
  readonly reason?: string
  readonly mark?: { readonly line: number; readonly column: number }
}

/**
 * DBS-1002 for whatever reading the configuration threw. Parsers quote the text around a mistake, and with it passwords:
 * neither their messages nor they as a cause are passed on.
 */
export function unreadable(thrown: unknown, place: string): DbsvcError {
  const known = (thrown ?? {}) as ParserError
  const file = known.filepath ?? known.path ?? place
  if (known.code === 'ENOENT') return DbsvcError.of('DBS-1002', { file, reason: 'it does not exist' })
  if (known.reason !== undefined) {
    return DbsvcError.of('DBS-1002', { file, reason: `not valid YAML: ${known.reason}${positionOf(known)}` })
  }
  if (!(thrown instanceof SyntaxError)) return DbsvcError.of('DBS-1002', { file, reason: reasonOf(thrown) }, thrown)
  const reason = thrown.message.startsWith('JSON Error in ')
    ? `not valid JSON${jsonPosition(thrown.message)}`
    : reasonOf(thrown)
  return DbsvcError.of('DBS-1002', { file, reason })
}

function positionOf({ mark }: ParserError): string {
  return mark === undefined ? '' : ` at line ${mark.line + 1}, column ${mark.column + 1}`
}

function jsonPosition(message: string): string {
  const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(message) ?? []
  return line === undefined ? '' : ` at line ${line}, column ${column}`
}
