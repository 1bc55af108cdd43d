import type { ExitCode } from '../exit-codes.ts'

/** What the catalogue knows of one error; `Params` are the facts its message names. */
export interface ErrorDefinition<Params> {
  readonly exit: ExitCode
  /** One line for docs/errors.md and editors. */
  readonly summary: string
  readonly message: (params: Params) => string
  /** What to do next, ready to paste where that is possible. */
  readonly hint?: (params: Params) => string
}

export function define<Params>(definition: ErrorDefinition<Params>): ErrorDefinition<Params> {
  return definition
}
