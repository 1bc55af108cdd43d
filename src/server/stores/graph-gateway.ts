import type { RequestContext } from '../context/request-context.ts'

export interface GraphQuery {
  /** AQL. */
  readonly text: string
  /** A name that begins with @ binds a collection. */
  readonly bindVars: Readonly<Record<string, unknown>>
  /** Of the whole; the tier's statement timeout holds as well. */
  readonly timeoutMs: number | null
}

/** A company's own database in ArangoDB, as its own user. */
export interface GraphGateway {
  /**
   * @param verb what the query may do
   * @returns its results, one JSON value each
   * @throws DBS-2404 it is not for companies, or ArangoDB does not take it; DBS-2203 it writes where only reading is allowed; DBS-2405
   */
  query(context: RequestContext, query: GraphQuery, verb: 'read' | 'write'): Promise<readonly unknown[]>
  close(): Promise<void>
}
