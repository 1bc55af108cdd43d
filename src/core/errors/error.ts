import type { ExitCode } from '../exit-codes.ts'
import { catalogue, type ErrorCode, type ErrorParams } from './catalogue.ts'
import type { ErrorDefinition } from './define.ts'

/** The one error class that leaves dbsvc's own code; anything else that reaches the top is a bug (DBS-1902). */
export class DbsvcError extends Error {
  readonly code: ErrorCode
  readonly exitCode: ExitCode
  readonly hint: string | undefined
  /** The facts the message was made of, for `--json`. */
  readonly details: object

  private constructor(code: ErrorCode, definition: ErrorDefinition<object>, details: object, cause: unknown) {
    super(definition.message(details), cause === undefined ? undefined : { cause })
    this.name = 'DbsvcError'
    this.code = code
    this.exitCode = definition.exit
    this.hint = definition.hint?.(details)
    this.details = details
  }

  /** Builds the error `code` from the facts its catalogue entry asks for. */
  static of<Code extends ErrorCode>(code: Code, params: ErrorParams<Code>, cause?: unknown): DbsvcError {
    // The catalogue ties Params to Code; TypeScript cannot follow that through an indexed access.
    return new DbsvcError(code, catalogue[code] as unknown as ErrorDefinition<object>, params as object, cause)
  }

  toJSON(): { code: string; message: string; hint: string | null; details: object } {
    return { code: this.code, message: this.message, hint: this.hint ?? null, details: this.details }
  }
}

/** Says what went wrong in one line, whatever was thrown. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.message === '') return thrown.errors.map(reasonOf).join('; ')
  return thrown instanceof Error ? thrown.message : String(thrown)
}
