import type { Json, JsonObject } from './json.ts'

/** What is left of a result that did not fit into its first batch. */
export interface Cursor {
  readonly id: string
  readonly user: string
  rows: Json[]
  readonly batchSize: number
  readonly count: number | null
  readonly extra: JsonObject
  readonly ttlMs: number
  expiry: NodeJS.Timeout
}
