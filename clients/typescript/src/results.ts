import { decoderOf, type Int64As, type Value } from './values.ts'

export type Source = 'direct_connection' | 'connection_pool' | 'cached_response'

/** Where an answer came from. */
export interface Info {
  /** Such as postgresql. */
  readonly database: string
  readonly category: 'A' | 'B' | 'C' | 'D'
  readonly source: Source
  /** Of a cached response, null for others. */
  readonly ageMs: number | null
  /** What the service took. */
  readonly durationMs: number
  readonly requestId: string
  /** It is the answer to an earlier request with the same idempotency key. */
  readonly replayed: boolean
}

export interface Column {
  readonly name: string
  /** The engine's own, such as int8, timestamptz or Nullable(UInt64). */
  readonly type: string
}

/** By names of columns; of columns with the same name the last. */
export type Row = Readonly<Record<string, Value>>

export interface Result<Shape extends Row = Row> {
  readonly columns: readonly Column[]
  readonly rows: readonly Shape[]
  /** Rows returned or changed. */
  readonly rowCount: number
  /** SELECT, INSERT, UPDATE, DELETE or MERGE. */
  readonly command: string
  readonly info: Info
}

/** One result for each statement, in order. */
export interface Batch {
  readonly results: readonly Result[]
  readonly info: Info
}

export interface Advice {
  readonly id: string
  readonly message: string
  /** SQL for a migration; empty where it takes a person to tell. */
  readonly mend: string
}

export interface Explanation {
  /** As the engine writes it. */
  readonly plan: unknown
  readonly advice: readonly Advice[]
  readonly info: Info
}

export interface CacheEntry {
  readonly value: unknown
  /** What is left; null for one that stays. */
  readonly ttlMs: number | null
}

export interface ConfigEntry {
  readonly key: string
  readonly value: unknown
  /** ISO 8601, to the microsecond. */
  readonly updatedAt: string
}

/** An object of Weaviate, nearest first. */
export interface FoundObject {
  readonly id: string
  readonly properties: Readonly<Record<string, unknown>>
  /** Null for a class that does not compare by cosine. */
  readonly certainty: number | null
  readonly distance: number | null
  /** Where it was asked for. */
  readonly vector?: readonly number[]
}

/** Objects of a search, ids of what was inserted, the number of those deleted. */
export interface VectorResult {
  readonly objects: readonly FoundObject[]
  readonly ids: readonly string[]
  readonly deleted: number
}

/** What a service says of itself. */
export interface Registration {
  readonly service_host: string
  readonly service_port: number
  readonly health_endpoint?: string
  readonly status?: 'active' | 'inactive' | 'draining'
  readonly metadata?: Readonly<Record<string, unknown>>
}

export interface RegisteredService {
  readonly service_name: string
  readonly service_host: string
  readonly service_port: number
  readonly health_endpoint: string | null
  /** `expired`: it was silent for too long. */
  readonly status: 'active' | 'inactive' | 'draining' | 'expired'
  /** ISO 8601, to the microsecond. */
  readonly last_heartbeat: string
  readonly metadata: Readonly<Record<string, unknown>> | null
}

interface InfoMessage {
  readonly database: string
  readonly category: Info['category']
  readonly source: Source
  readonly age_ms: number | null
  readonly duration_ms: number
  readonly request_id: string
  readonly replayed?: boolean
}

export interface TableMessage {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly unknown[])[]
  readonly row_count: number
  readonly command: string
}

export interface WithInfo {
  readonly info: InfoMessage
}

export const infoOf = ({ info }: WithInfo): Info => ({
  database: info.database,
  category: info.category,
  source: info.source,
  ageMs: info.age_ms,
  durationMs: info.duration_ms,
  requestId: info.request_id,
  replayed: info.replayed ?? false,
})

/** Makes an object of a row. */
export function rowDecoder(columns: readonly Column[], int64As: Int64As): (row: readonly unknown[]) => Row {
  const known = columns.map(({ name, type }) => ({ name, decode: decoderOf(type, int64As) }))
  return (row) => Object.fromEntries(known.map(({ name, decode }, at) => [name, decode(row[at])]))
}

export const decodedRows = ({ columns, rows }: TableMessage, int64As: Int64As): Row[] =>
  rows.map(rowDecoder(columns, int64As))

export function resultOf<Shape extends Row>(table: TableMessage, info: Info, int64As: Int64As): Result<Shape> {
  return {
    columns: table.columns,
    rows: decodedRows(table, int64As) as Shape[],
    rowCount: table.row_count,
    command: table.command,
    info,
  }
}
