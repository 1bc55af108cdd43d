import { createWindow, type Minute } from './window.ts'

/** A request that has ended. */
export interface ObservedRequest {
  readonly requestId: string
  /** Name of the operation. */
  readonly operation: string
  /** Null where nobody has said who he is. */
  readonly service: string | null
  readonly company: string | null
  /** `refused` is the caller's fault, `failed` the service's. */
  readonly outcome: 'ok' | 'refused' | 'failed'
  /** Of the error. */
  readonly code: string | null
  readonly durationMs: number
  /** What engines took of that. */
  readonly engineMs: number
  readonly told: Told
}

/** What a response says of itself, for figures and logs. */
export interface Told {
  readonly category?: 'A' | 'B' | 'C' | 'D'
  readonly source?: string
  /** Of an operation over several databases: whether all took it, some, or none. */
  readonly databases?: 'all' | 'some' | 'none'
}

/** The operations over several databases since the start. */
export interface MultiDatabase {
  readonly done: number
  /** Of those, how many some databases took and others did not. */
  readonly partial: number
  readonly failed: number
  readonly averageMs: number | null
}

/** Rows of a response that is read bit by bit. */
export interface Page {
  readonly rows: number
  /** Of their values, as the engine wrote them. */
  readonly bytes: number
}

/** A request that reached no operation: malformed, or without a path of the router. */
export type Unread = Pick<ObservedRequest, 'requestId' | 'outcome' | 'code' | 'durationMs'>

/** Counts what is served. */
export interface Observer {
  /** @param error what it ended with, so that the door, which sees that too, need not tell of it again */
  observe(request: ObservedRequest, error?: unknown): void
  /** Told by doors of what `error` came of, unless an operation was observed to throw it. It counts for no figure of health. */
  observeUnread(request: Unread, error: unknown): void
  /** Told of rows as they are taken, long before the request that asked for them has ended. */
  observePage(page: Page): void
  minute(): Minute
  multiDatabase(): MultiDatabase
  /** Average of the graph operations of the last minute, in milliseconds; null without one. */
  graphMs(): number | null
}

/** @param tell what else is told of each request, @param tellPage and of each page */
export function createObserver(tell: (request: ObservedRequest) => void, tellPage: (page: Page) => void): Observer {
  const now = () => performance.now()
  const all = createWindow(now)
  const graph = createWindow(now)
  const observed = new WeakSet<object>()
  const multi = { done: 0, partial: 0, failed: 0, totalMs: 0 }
  return {
    observe(request, error) {
      if (isObject(error)) observed.add(error)
      tell(request)
      const { outcome, durationMs, engineMs, told } = request
      all.count(durationMs, outcome === 'failed')
      if (told.category === 'D') graph.count(engineMs, false)
      if (told.databases === undefined) return
      multi.done += 1
      multi.totalMs += durationMs
      if (told.databases === 'some') multi.partial += 1
      if (told.databases === 'none') multi.failed += 1
    },
    observeUnread(request, error) {
      if (isObject(error) && observed.has(error)) return
      tell({ ...request, operation: 'none', service: null, company: null, engineMs: 0, told: {} })
    },
    observePage: tellPage,
    minute: all.read,
    multiDatabase: () => ({ ...multi, averageMs: multi.done === 0 ? null : multi.totalMs / multi.done }),
    graphMs() {
      const { requests, totalMs } = graph.read()
      return requests === 0 ? null : totalMs / requests
    },
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
