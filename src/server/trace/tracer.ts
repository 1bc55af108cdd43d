import type { Call } from '../call.ts'

/** What is told of a span. Names of things and outcomes: never a statement, a parameter, a user or a credential. */
export type SpanFacts = Readonly<Record<`dbsvc.${string}` | 'db.system.name' | 'error.type', string | number | boolean>>

/** Adds to what is told of a span that is under way. */
export type Note = (facts: Partial<SpanFacts>) => void

/** Spans of requests. Those that begin within the work of another one are its children. */
export interface Tracer {
  /** The span of a request, below that of whoever sent it. */
  request<Result>(call: Call, operation: string, work: (note: Note) => Promise<Result>): Promise<Result>
  span<Result>(name: string, facts: Partial<SpanFacts>, work: (note: Note) => Promise<Result>): Promise<Result>
  /** W3C trace context for what is asked of others now; empty where there is none. */
  headers(): Readonly<Record<string, string>>
  /** Sends what is left. */
  close(): Promise<void>
}

const nothing: Note = () => {}

/** Of a router that does not trace. */
export const noTracer: Tracer = {
  request: (_call, _operation, work) => work(nothing),
  span: (_name, _facts, work) => work(nothing),
  headers: () => ({}),
  close: async () => {},
}
