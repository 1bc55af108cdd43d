import type { EngineName } from '../../core/engine.ts'
import type { TableResult } from '../../core/routing/cells.ts'
import type { Verb } from '../auth/identity.ts'
import type { KnownCompany, RequestContext } from '../context/request-context.ts'
import type { Verdict } from '../guard/verdict.ts'
import type { RunOptions, SqlStatement, TableStream } from '../postgres/gateway.ts'

/** An engine that `query` and `execute` can ask. */
export interface SqlEngine {
  /** Whether a write with an idempotency key is done once. */
  readonly keepsKeys: boolean
  /** @throws what the engine's guard refuses */
  judge(text: string, allowed: Verb, company: KnownCompany): Promise<Verdict> | Verdict
  /** @throws DBS-2301 no connection by this way, and what the engine throws */
  run(context: RequestContext, statement: SqlStatement, options: RunOptions): Promise<TableResult>
  /** Row by row. Throws as `run` does, and its pages what comes later. */
  stream(context: RequestContext, statement: SqlStatement, options: RunOptions): Promise<TableStream>
}

/** Those that are configured. */
export type SqlEngines = Readonly<Partial<Record<EngineName, SqlEngine>>>
