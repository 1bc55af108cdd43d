import type { DataFormat } from '@clickhouse/client'

/** Values of a statement's `{name:Type}`. */
export type Parameters = Readonly<Record<string, string | number | null | ParameterList>>

/** An array, of any number of dimensions. */
export type ParameterList = readonly (string | number | bigint | null | ParameterList)[]

export interface StatementOptions {
  /** Where unqualified names lead; by default `default`. */
  readonly database?: string
  readonly parameters?: Parameters
  /** Beside dbsvc's own; null leaves one of those to the server. */
  readonly settings?: Readonly<Record<string, string | number | null>>
  readonly signal?: AbortSignal
  /** Of HTTP; chDB in process has none. */
  readonly headers?: Readonly<Record<string, string>>
  /** Instead of dbsvc's own user. */
  readonly as?: { readonly user: string; readonly password: string }
}

/**
 * Statements to one ClickHouse. None leaves anything behind for the next: neither a database nor a setting.
 * @throws what the client throws; failure.ts makes it one of dbsvc's errors
 */
export interface Session {
  /** host:port, or a folder. */
  readonly place: string
  /** What dbsvc is to this ClickHouse; `default` where there are no users. */
  readonly user: string
  /** What it is where that is no server of ClickHouse's own: `chDB` or `stand-in`. chDB has one user and no access control. */
  readonly kind: 'chDB' | 'stand-in' | null
  readonly version: string
  /** Whether `stream` takes parameters. */
  readonly bindsStreams: boolean
  /** @returns how many rows it wrote, where the engine tells: chDB does not */
  run(sql: string, options?: StatementOptions): Promise<number | null>
  rows<Row>(sql: string, options?: StatementOptions): Promise<Row[]>
  /** The whole result as the format writes it. */
  text(sql: string, format: DataFormat, options?: StatementOptions): Promise<string>
  /** The result as the format writes it, in pieces; the server chooses where the format is ''. */
  stream(sql: string, format: string, options?: StatementOptions): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

/** What every statement of dbsvc wants, whatever the server's defaults are. */
const ownSettings: Readonly<Record<string, string | number>> = {
  // On by default since 26.2: an insert would be confirmed by another rule, and not deduplicated.
  async_insert: 0,
  mutations_sync: 2,
  alter_sync: 2,
  database_atomic_wait_for_drop_and_detach_synchronously: 1,
}

/** The settings that a statement is sent with. */
export function settingsFor(
  options: StatementOptions,
  more: Readonly<Record<string, string | number>> = {},
): Record<string, string | number> {
  const all = Object.entries({ ...ownSettings, ...more, ...options.settings })
  return Object.fromEntries(all.filter((entry): entry is [string, string | number] => entry[1] !== null))
}
