import { type DatabaseServiceError, type ErrorBody, errorWithin } from './errors.ts'
import { encodeAll, type Parameters } from './parameters.ts'
import { decodedRows, type Row, type TableMessage } from './results.ts'
import type { Database } from './statements.ts'
import type { Int64As } from './values.ts'

/** A statement, with its parameters in order or by name: `:name` in PostgreSQL, `{name:Type}` in ClickHouse. */
export interface SqlPart {
  readonly query: string
  readonly params?: Parameters
  /** That of the context, where it is given. */
  readonly company_id?: string
}

export type CachePart =
  /** `ttl` is in seconds. */
  | { readonly operation: 'set'; readonly key: string; readonly value: unknown; readonly ttl?: number }
  | { readonly operation: 'delete'; readonly key: string }
  | { readonly operation: 'increment'; readonly key: string; readonly value?: number; readonly ttl?: number }

export interface VectorPart {
  readonly operation: 'insert' | 'update' | 'delete'
  readonly class: string
  readonly [field: string]: unknown
}

export interface GraphPart {
  readonly query: string
  readonly bind_vars?: Readonly<Record<string, unknown>>
}

/** Parts by database, as the specification writes them. */
export interface MultiDbOperation {
  readonly postgresql?: SqlPart
  readonly clickhouse?: SqlPart
  readonly dragonflydb?: CachePart
  readonly weaviate?: VectorPart
  readonly arangodb?: GraphPart
}

/** What one database made of its part. */
export interface StoreResult {
  /** `skipped`: PostgreSQL's part failed, so that this one was not tried. */
  readonly status: 'succeeded' | 'failed' | 'skipped' | 'pending'
  readonly durationMs: number
  readonly error: DatabaseServiceError | null
  /** Of statements. */
  readonly rows: readonly Row[]
  readonly rowCount: number | null
  /** All that it answered, such as stored, value, ids or results. */
  readonly answer: Readonly<Record<string, unknown>>
}

export interface MultiResult {
  readonly results: Readonly<Partial<Record<Database, StoreResult>>>
  /** Whether every part succeeded. */
  readonly succeeded: boolean
  /** Send the same operation again with it until it has succeeded. */
  readonly idempotencyKey: string
  /** PostgreSQL had done its part before. */
  readonly replayed: boolean
  readonly requestId: string
}

interface PartMessage extends Partial<TableMessage> {
  readonly status: StoreResult['status']
  readonly duration_ms: number
  readonly error?: ErrorBody
}

export interface MultiMessage {
  readonly results: Readonly<Record<string, PartMessage>>
  readonly succeeded: boolean
  readonly idempotency_key: string
  readonly replayed: boolean
  readonly info: { readonly request_id: string }
}

export const multiMessage = (operation: MultiDbOperation): object => {
  const { postgresql, clickhouse } = operation
  return {
    ...operation,
    ...(postgresql === undefined ? {} : { postgresql: sqlMessage(postgresql) }),
    ...(clickhouse === undefined ? {} : { clickhouse: sqlMessage(clickhouse) }),
  }
}

const sqlMessage = ({ params, ...part }: SqlPart): object =>
  params === undefined ? part : { ...part, params: encodeAll(params) }

/** Whether doing the parts beside PostgreSQL's again comes to the same. */
export const isRepeatable = ({ dragonflydb, arangodb }: MultiDbOperation): boolean =>
  dragonflydb?.operation !== 'increment' && arangodb === undefined

export function multiResultOf(answer: MultiMessage, int64As: Int64As): MultiResult {
  const results = Object.entries(answer.results).map(([database, part]): [string, StoreResult] => [
    database,
    {
      status: part.status,
      durationMs: part.duration_ms,
      error: part.error === undefined ? null : errorWithin(part.error),
      rows: part.columns === undefined ? [] : decodedRows(part as TableMessage, int64As),
      rowCount: part.row_count ?? null,
      answer: { ...part },
    },
  ])
  return {
    results: Object.fromEntries(results),
    succeeded: answer.succeeded,
    idempotencyKey: answer.idempotency_key,
    replayed: answer.replayed,
    requestId: answer.info.request_id,
  }
}
