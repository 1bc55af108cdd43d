/** How a value of a column is to be understood; engines map their own types to these. */
export type ValueKind =
  | 'bool'
  /** At most 32 bits. */
  | 'int'
  | 'int64'
  /** Integers of more than 64 bits, and unsigned 64. */
  | 'bigint'
  | 'float'
  | 'numeric'
  | 'text'
  | 'bytes'
  | 'timestamptz'
  | 'timestamp'
  | 'date'
  | 'time'
  | 'interval'
  | 'json'

export interface ResultColumn {
  readonly name: string
  /** The engine's own name of the type, such as `int8`. */
  readonly type: string
  readonly kind: ValueKind
  /** An array of such values, of any number of dimensions. */
  readonly list: boolean
}

/** A value as the engine writes it in text; null is SQL's NULL. */
export type Cell = string | null

/** What a statement returned, in the engine's own text, which front doors encode without ever making objects of it. */
export interface TableResult {
  readonly columns: readonly ResultColumn[]
  readonly rows: readonly (readonly Cell[])[]
  /** Rows returned or changed. */
  readonly rowCount: number
  /** SELECT, INSERT, UPDATE, DELETE or MERGE. */
  readonly command: string
  /** What an earlier request with the same idempotency key was answered; nothing was done. */
  readonly replayed?: boolean
}
