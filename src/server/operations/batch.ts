import type { TableResult } from '../../core/routing/cells.ts'
import type { Hierarchy } from '../fallback/hierarchy.ts'
import type { Guard } from '../guard/verdict.ts'
import type { Operation } from '../operation.ts'
import type { PostgresGateway, SqlStatement } from '../postgres/gateway.ts'
import { askedOf, idempotencyOf } from './idempotency.ts'
import type { Origin } from './query.ts'

export interface BatchRequest {
  readonly statements: readonly SqlStatement[]
  /** Of the whole. */
  readonly timeoutMs: number | null
}

export interface BatchResponse {
  /** One for each statement, in order. */
  readonly results: readonly TableResult[]
  readonly origin: Origin
}

interface BatchNeeds {
  readonly guard: Guard
  readonly postgres: PostgresGateway
  readonly hierarchy: Hierarchy
}

/** Several statements in one transaction of PostgreSQL: all or nothing. */
export function batchOperation({ guard, postgres, hierarchy }: BatchNeeds): Operation<BatchRequest, BatchResponse> {
  return {
    name: 'batch',
    verb: 'write',
    takesKey: true,
    engines: () => ['postgres'],
    tell: ({ origin: { category, source } }) => ({ category, source }),
    async run(context, { statements, timeoutMs }) {
      // Async, as the guard throws a refusal that it knows at once: it would leave the verdicts before it to nobody, and a rejection
      // that nobody awaits ends the process.
      const verdicts = await Promise.all(
        statements.map(async ({ text }) => guard.judge(text, 'write', context.company)),
      )
      const writing = verdicts.filter(({ verb }) => verb === 'write')
      // One that does not say what it writes may write anything.
      const writes = writing.every((verdict) => verdict.writes.length > 0)
        ? writing.flatMap((verdict) => verdict.writes)
        : []
      const verb = writing.length > 0 ? 'write' : 'read'
      const idempotency = idempotencyOf(context, ['batch', ...askedOf(statements)])
      const options = {
        // Recording what it returned is a write.
        verb: idempotency === null ? verb : 'write',
        writes,
        ...(timeoutMs === null ? {} : { timeoutMs }),
        ...(idempotency === null ? {} : { idempotency }),
      } as const
      const { value, source, ageMs } = await hierarchy.ask({
        engine: 'postgres',
        context,
        // Without a writing statement its transaction is read-only.
        repeatable: verb === 'read',
        keyed: idempotency !== null,
        run: (way) => postgres.batch(context, statements, { ...options, way }),
      })
      const replayed = value.some((table) => table.replayed === true)
      return { results: value, origin: { database: 'postgres', category: 'A', source, ageMs, replayed } }
    },
  }
}
