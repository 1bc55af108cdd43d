import type { TableResult } from '../../core/routing/cells.ts'
import type { CacheSubject } from './entry.ts'

/** The layer that routers share. Its methods never throw: where it is gone there is nothing in it. */
export interface SharedLayer {
  /** What is kept, and by what a response that is read from now on is dated; null where the server does not answer. */
  get(subject: CacheSubject): Promise<SharedAnswer | null>
  set(subject: CacheSubject, table: TableResult, readAtServerMs: number): void
  /** Tells the other routers what changed. */
  tell(tags: readonly string[], holdMs: number): void
  state(): SharedState
  close(): Promise<void>
}

export interface SharedState {
  /** Commands can be sent. */
  readonly connected: boolean
  /** Other routers' writes are heard. */
  readonly listening: boolean
}

export interface SharedAnswer {
  /** The server's time. */
  readonly serverMs: number
  readonly kept: { readonly table: TableResult; readonly ageMs: number } | null
}
