import type { Send } from './operations.ts'
import { type Info, infoOf, type WithInfo } from './results.ts'
import type { CallOptions } from './statements.ts'

/** Documents of ArangoDB. */
export interface GraphResult<Document = unknown> {
  readonly results: readonly Document[]
  readonly info: Info
}

export interface Traversal {
  /** A document's id, such as `users/u1`. */
  readonly start_vertex: string
  /** This, or edge collections. */
  readonly graph?: string
  readonly edge_collections?: readonly string[]
  readonly direction?: 'outbound' | 'inbound' | 'any'
  /** 1 where it is left out, at most 10. */
  readonly min_depth?: number
  readonly max_depth?: number
  /** 100 where it is left out. */
  readonly limit?: number
}

/** What a traversal came to: the near first. */
export interface Reached {
  readonly vertex: Readonly<Record<string, unknown>>
  readonly edge: Readonly<Record<string, unknown>> | null
  readonly depth: number
}

/** The company's database in ArangoDB. */
export class Graph {
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  /** AQL; a name of `bindVars` that begins with @ binds a collection. `readOnly`: refused if it would change anything. */
  query<Document = unknown>(
    query: string,
    bindVars: Readonly<Record<string, unknown>> = {},
    { readOnly = false, ...options }: CallOptions & { readonly readOnly?: boolean } = {},
  ): Promise<GraphResult<Document>> {
    return this.#ask('query', { query, bind_vars: bindVars, read_only: readOnly }, options, readOnly)
  }

  /** What can be reached from a document. */
  traverse(traversal: Traversal, options: CallOptions = {}): Promise<GraphResult<Reached>> {
    return this.#ask('traverse', { ...traversal }, options, true)
  }

  async #ask<Document>(
    name: string,
    message: object,
    options: CallOptions,
    repeatable: boolean,
  ): Promise<GraphResult<Document>> {
    const timed = options.timeoutMs === undefined ? message : { ...message, timeout_ms: options.timeoutMs }
    const answer = await this.#send(
      { method: 'POST', path: `/v1/graph/${name}`, message: timed },
      { ...options, repeatable },
    )
    const { results, ...rest } = answer as WithInfo & { readonly results: readonly Document[] }
    return { results, info: infoOf(rest) }
  }
}
