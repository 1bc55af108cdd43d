import type { EngineName } from '../../core/engine.ts'
import type { Category } from '../../core/routing/category.ts'
import type { TableResult } from '../../core/routing/cells.ts'
import type { Guard } from '../guard/verdict.ts'
import type { Operation } from '../operation.ts'
import type { PostgresGateway, SqlStatement } from '../postgres/gateway.ts'

export interface QueryRequest extends SqlStatement {
  /** Null: chosen by the category, or by what is asked. */
  readonly database: EngineName | null
  readonly category: Category | null
  readonly timeoutMs: number | null
}

/** Where and how a response came to be. */
export interface Origin {
  readonly database: EngineName
  readonly category: Category
  readonly source: 'direct_connection' | 'connection_pool' | 'cached_response'
  /** Of a cached response. */
  readonly ageMs: number | null
}

export interface QueryResponse {
  readonly table: TableResult
  readonly origin: Origin
}

interface Needs {
  readonly guard: Guard
  readonly postgres: PostgresGateway
}

/** Reads, or writes: `query` and `execute` differ in the verb alone. */
export function queryOperation(
  { guard, postgres }: Needs,
  name: 'query' | 'execute',
): Operation<QueryRequest, QueryResponse> {
  const verb = name === 'query' ? 'read' : 'write'
  return {
    name,
    verb,
    engines: ({ database }) => [database ?? 'postgres'],
    async run(context, request) {
      await guard.judge(request.text, verb, context.company)
      const table = await postgres.run(context, request, { verb, way: 'pool' })
      return { table, origin: { database: 'postgres', category: 'A', source: 'connection_pool', ageMs: null } }
    },
  }
}
