import { ArangoError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Session } from '../session.ts'
import { apply } from './clauses.ts'
import { evaluate } from './evaluate.ts'
import { Execution, type ExecutionOptions } from './execution.ts'
import { parse } from './parser.ts'
import type { BindVars } from './parser-state.ts'
import type { Scope } from './scope.ts'
import type { Query } from './tree.ts'
import { unique } from './values.ts'

export interface QueryRequest extends ExecutionOptions {
  readonly query: string
  readonly bindVars: BindVars
}

export interface QueryResult {
  readonly rows: Json[]
  readonly extra: JsonObject
}

/** Runs a query as one transaction: when it fails, it has written nothing. */
export function runQuery(session: Session, request: QueryRequest): QueryResult {
  const { query } = parse(request.query, request.bindVars)
  const started = performance.now()
  const execution = new Execution(session, request, rowsOf)
  const rows = session.atomically(() => whileExecuting(() => rowsOf(query, execution.outermost, execution)))
  const executionTime = (performance.now() - started) / 1000
  const warnings = execution.warnings.map((warning) => ({ ...warning }))
  return { rows, extra: { warnings, stats: { ...execution.statistics, executionTime, peakMemoryUsage: 0 } } }
}

function rowsOf(query: Query, outer: Scope, execution: Execution): Json[] {
  let scopes: Iterable<Scope> = [outer]
  for (const clause of query.clauses) {
    if (clause.kind === 'return') {
      const values = Array.from(scopes, (scope) => evaluate(clause.value, scope, execution))
      return clause.distinct ? unique(values) : values
    }
    scopes = apply(clause, scopes, outer, execution)
  }
  // The last clause writes, and has done so.
  return []
}

/** Says of an error that it came from a query, as ArangoDB does. */
function whileExecuting<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ArangoError) || error.message.startsWith('AQL: ')) throw error
    const { errorNum, message, body } = error
    // A conflict of revisions is one of documents here, not of the request.
    throw new ArangoError(errorNum, `AQL: ${message} (while executing)`, { body })
  }
}
