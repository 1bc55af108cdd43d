import type { RequestContext } from '../context/request-context.ts'
import type { RunOptions, SqlStatement } from '../postgres/gateway.ts'
import type { SqlEngine } from './sql-engine.ts'

/** A plan as its company may see it. */
export interface Explanation {
  /** As the engine writes it in JSON. */
  readonly plan: object
  readonly advice: readonly { readonly id: string; readonly message: string; readonly mend: string }[]
}

/** An engine that tells how it would run a statement. */
export interface Explainer extends Pick<SqlEngine, 'judge'> {
  /** @throws what running it throws; DBS-2404 what cannot be explained */
  explain(context: RequestContext, statement: SqlStatement, options: RunOptions): Promise<Explanation>
}
