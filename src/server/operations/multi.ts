import { randomUUID } from 'node:crypto'
import { type EngineName, engineNames } from '../../core/engine.ts'
import type { ErrorCode } from '../../core/errors/catalogue.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { TableResult } from '../../core/routing/cells.ts'
import type { RequestContext } from '../context/request-context.ts'
import type { Operation } from '../operation.ts'
import type { SqlEngines } from './sql-engine.ts'

/** What one database is to do. */
export interface Part {
  readonly engine: EngineName
  /** What of it makes it another request, for the idempotency key. */
  readonly asked: unknown
  /** What it is to run, where that is SQL. */
  readonly statement?: string
  /** For whom it says it is, where it does. */
  readonly companyId?: string
  run(context: RequestContext, whole: WholeRequest): Promise<Outcome>
}

/** What a part belongs to. */
export interface WholeRequest {
  /** Names the request, however often it is sent. */
  readonly key: string
  /** All parts, as the key stands for them. */
  readonly asked: unknown
}

/** What a database answered. */
export type Outcome =
  | { readonly kind: 'table'; readonly table: TableResult }
  | { readonly kind: 'results'; readonly results: readonly unknown[] }
  /** Fields of its own, such as `stored`. */
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, unknown>> }

export interface PartResult {
  readonly database: EngineName
  /** `skipped`: PostgreSQL's part failed, so that this one was not tried. */
  readonly status: 'succeeded' | 'failed' | 'skipped'
  readonly outcome: Outcome | null
  /** What the part threw. */
  readonly error: unknown
  readonly durationMs: number
}

export interface MultiRequest {
  /** At most one for each database. */
  readonly parts: readonly Part[]
}

export interface MultiResponse {
  /** PostgreSQL first. */
  readonly results: readonly PartResult[]
  /** Whether every part succeeded. */
  readonly succeeded: boolean
  readonly idempotencyKey: string
  /** PostgreSQL had done its part before; the others have been asked again. */
  readonly replayed: boolean
}

// What is wrong with the request as a whole, and no answer of a database.
const ofRequest: ReadonlySet<ErrorCode> = new Set(['DBS-2001', 'DBS-2410', 'DBS-2411'])

export interface MultiNeeds {
  readonly engines: SqlEngines
  readonly configured: ReadonlySet<EngineName>
}

/**
 * One operation over several databases: PostgreSQL first, then the others at the same time, each by its own way and with a result of its
 * own. They are not one transaction: when PostgreSQL's part fails nothing is done, when another one fails the rest stays. Sent again with
 * its key, it is done where it was not.
 */
export function multiOperation({ engines, configured }: MultiNeeds): Operation<MultiRequest, MultiResponse> {
  return {
    name: 'execute_multi_db',
    verb: 'write',
    takesKey: true,
    engines: ({ parts }) => parts.map(({ engine }) => engine),
    tell: ({ results }) => ({ databases: shareOf(results) }),
    async run(context, { parts }) {
      for (const { engine, companyId, statement } of parts) {
        if (!configured.has(engine)) throw DbsvcError.of('DBS-2401', { engine })
        requireOwn(context, companyId)
        // What is bound to be refused must not be left out behind a write of PostgreSQL.
        if (statement !== undefined) await engines[engine]?.judge(statement, 'write', context.company)
      }
      const key = context.idempotencyKey ?? randomUUID()
      const whole = { key, asked: parts.map(({ engine, asked }) => [engine, asked]) }
      const keyed = { ...context, idempotencyKey: key }
      const ordered = parts.toSorted((a, b) => engineNames.indexOf(a.engine) - engineNames.indexOf(b.engine))
      const [first] = ordered
      const leading = first?.engine === 'postgres' ? await resultOf(first, keyed, whole) : null
      if (leading?.error instanceof DbsvcError && ofRequest.has(leading.error.code)) throw leading.error
      const rest = leading === null ? ordered : ordered.slice(1)
      // What PostgreSQL has committed goes on to the others, whether the caller is still there or not.
      const signal = AbortSignal.timeout(context.company.limits.statementTimeoutMs + 1_000)
      const following =
        leading?.status === 'failed'
          ? rest.map(({ engine }) => skipped(engine))
          : await Promise.all(rest.map((part) => resultOf(part, { ...keyed, signal }, whole)))
      const results = leading === null ? following : [leading, ...following]
      return {
        results,
        succeeded: results.every(({ status }) => status === 'succeeded'),
        idempotencyKey: key,
        replayed: leading?.outcome?.kind === 'table' && leading.outcome.table.replayed === true,
      }
    },
  }
}

function requireOwn({ company, service }: RequestContext, companyId: string | undefined): void {
  if (companyId === undefined || companyId === company.company) return
  throw DbsvcError.of('DBS-2102', { service: service.name, reason: 'a part for another company' })
}

async function resultOf(part: Part, context: RequestContext, whole: WholeRequest): Promise<PartResult> {
  const startedAt = performance.now()
  const end = (status: PartResult['status'], outcome: Outcome | null, error: unknown): PartResult => ({
    database: part.engine,
    status,
    outcome,
    error,
    durationMs: performance.now() - startedAt,
  })
  try {
    return end('succeeded', await part.run(context, whole), null)
  } catch (error) {
    return end('failed', null, error)
  }
}

const skipped = (database: EngineName): PartResult => ({
  database,
  status: 'skipped',
  outcome: null,
  error: null,
  durationMs: 0,
})

function shareOf(results: readonly PartResult[]): 'all' | 'some' | 'none' {
  const done = results.filter(({ status }) => status === 'succeeded').length
  if (done === results.length) return 'all'
  return done === 0 ? 'none' : 'some'
}
