import type { CacheIdentity } from '../../core/routing/cache-key.ts'
import type { TableResult } from '../../core/routing/cells.ts'

/** A response as a layer keeps it. */
export interface CacheEntry {
  readonly table: TableResult
  /** When the engine was asked, at the earliest, on the router's monotonic clock. */
  readonly readAt: number
}

/** What a response is looked up by, and what makes it outdated. */
export interface CacheSubject {
  readonly key: string
  readonly identity: CacheIdentity
  readonly tags: readonly string[]
}

// What V8 takes for an array or a string beside its contents, rounded up.
const overhead = 48

/** About what a result takes in memory, in bytes; rather too much than too little. */
export function bytesOf({ columns, rows }: TableResult): number {
  let bytes = 512 + columns.length * 256
  for (const row of rows) {
    bytes += overhead
    for (const cell of row) bytes += 8 + (cell === null ? 0 : overhead + cell.length * 2)
  }
  return bytes
}
