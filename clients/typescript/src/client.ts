import {
  type Credential,
  certificateCredential,
  keyCredential,
  type TokenSource,
  tokenCredential,
} from './credential.ts'
import type { Tls } from './exchange.ts'
import { Graph } from './graph.ts'
import {
  type Ingested,
  type IngestedMessage,
  type IngestOptions,
  type IngestRows,
  ingestedOf,
  linesOfRows,
} from './ingest.ts'
import {
  isRepeatable,
  type MultiDbOperation,
  type MultiMessage,
  type MultiResult,
  multiMessage,
  multiResultOf,
} from './multi.ts'
import { Cache, Config, Registry, type Send, type Sending, Vectors } from './operations.ts'
import { encodeAll, type Parameters } from './parameters.ts'
import {
  type Advice,
  type Batch,
  type Explanation,
  infoOf,
  type Result,
  type Row,
  resultOf,
  type TableMessage,
  type VectorResult,
  type WithInfo,
} from './results.ts'
import {
  type CallOptions,
  type QueryOptions,
  type StatementOptions,
  statementMessage,
  type WriteOptions,
} from './statements.ts'
import { rowsOf, type StreamEnd } from './stream.ts'
import { type TenantContext, tenantOf } from './tenant.ts'
import { newTraceparent } from './tracing.ts'
import { createTransport, type Request, type Transport } from './transport.ts'
import type { Int64As } from './values.ts'

export interface ClientOptions {
  /** `database-service:8080`, or a URL. */
  readonly host: string
  readonly tenantContext: TenantContext
  /** `dbk_…`; where nothing else is given, what DBSVC_API_KEY has. */
  readonly apiKey?: string
  /**
   * Gives a JWT instead of a key. It is asked for the first request, again shortly before the token ends, and once for a request that was answered
   * with 401, which is then sent again.
   */
  readonly token?: TokenSource
  /** For an operation that says nothing else; 30 s. */
  readonly timeoutMs?: number
  /** 20. */
  readonly maxConnections?: number
  /** Of a host that is an https URL; `cert` and `key` are the client's own, which say who it is where there is no key and no token. */
  readonly tls?: Tls
  /** How 64-bit integers come; `bigint`. */
  readonly int64?: Int64As
  /** W3C trace context of an operation, such as that of the active span; by default a trace of its own. */
  readonly traceparent?: () => string
}

/** Asks a dbsvc router on behalf of one company. Each operation is one request; `StandardDatabaseManager` tries again. */
export class MultiDatabaseClient {
  protected readonly options: ClientOptions
  readonly #transport: Transport
  readonly #tenant: TenantContext
  readonly #int64: Int64As

  /** @throws TypeError without a company, key, token or certificate */
  constructor(options: ClientOptions, transport?: Transport) {
    this.options = options
    this.#tenant = tenantOf(options.tenantContext)
    this.#int64 = options.int64 ?? 'bigint'
    const { host, maxConnections = 20, tls = {} } = options
    const credential = credentialOf(options)
    this.#transport = transport ?? createTransport({ host, credential, maxConnections, tls })
  }

  /** The same client, over the same connections, for another context. */
  forTenant(tenantContext: TenantContext): this {
    const Kind = this.constructor as new (options: ClientOptions, transport: Transport) => this
    return new Kind({ ...this.options, tenantContext }, this.#transport)
  }

  /** Reads. */
  async query<Shape extends Row = Row>(
    sql: string,
    params: Parameters = [],
    options: QueryOptions = {},
  ): Promise<Result<Shape>> {
    return this.#table(await this.#read('query', statementMessage(sql, params, options), options))
  }

  /**
   * Reads row by row, however many there are: `for await (const row of client.stream(sql))`. Leaving off ends the statement. `timeoutMs` is until the
   * first row; the statement has the time that the company's tier gives it.
   */
  async *stream<Shape extends Row = Row>(
    sql: string,
    params: Parameters = [],
    { timeoutMs = this.timeoutMs, signal, ...options }: StatementOptions = {},
  ): AsyncGenerator<Shape, StreamEnd> {
    const request: Request = { method: 'POST', path: '/v1/query', message: statementMessage(sql, params, options) }
    const attempt = { tenant: this.#tenant, timeoutMs, traceparent: this.newTraceparent(), signal }
    return yield* rowsOf<Shape>(this.#transport.stream(request, attempt), this.#int64)
  }

  /** Writes. */
  async execute<Shape extends Row = Row>(
    sql: string,
    params: Parameters = [],
    options: WriteOptions = {},
  ): Promise<Result<Shape>> {
    return this.#table(await this.#write('execute', statementMessage(sql, params, options), options))
  }

  /** Statements in one transaction of PostgreSQL: all or nothing. */
  async batch(
    statements: readonly (string | readonly [sql: string, params: Parameters])[],
    options: CallOptions & Pick<WriteOptions, 'idempotencyKey'> = {},
  ): Promise<Batch> {
    const pairs = statements.map((each) => (typeof each === 'string' ? ([each, []] as const) : each))
    const message = {
      statements: pairs.map(([sql, params]) => ({ sql, params: encodeAll(params) })),
      ...(options.timeoutMs === undefined ? {} : { timeout_ms: options.timeoutMs }),
    }
    const answer = (await this.#write('batch', message, options)) as WithInfo & { readonly results: TableMessage[] }
    const info = infoOf(answer)
    return { results: answer.results.map((table) => resultOf(table, info, this.#int64)), info }
  }

  /** The plan of a statement that is not run, with advice. */
  async explain(sql: string, params: Parameters = [], options: StatementOptions = {}): Promise<Explanation> {
    const answer = (await this.#read('explain', statementMessage(sql, params, options), options)) as WithInfo & {
      readonly plan: unknown
      readonly advice: readonly Advice[]
    }
    return { plan: answer.plan, advice: answer.advice, info: infoOf(answer) }
  }

  /**
   * An operation by name, as the specification writes it: `{operation: 'similarity_search', class, vector, tenant_filter, limit,
   * certainty}`; also insert, update and delete.
   */
  weaviateQuery(operation: { readonly operation: string; readonly [field: string]: unknown }): Promise<VectorResult> {
    return this.vectors.run(operation)
  }

  /**
   * Parts for postgresql, clickhouse, dragonflydb, weaviate and arangodb, as the specification writes them. PostgreSQL's is done first, the others when it
   * has committed. Each has a result of its own: look at `succeeded`.
   */
  async executeMultiDbOperation(
    operation: MultiDbOperation,
    { idempotencyKey, ...options }: CallOptions & Pick<WriteOptions, 'idempotencyKey'> = {},
  ): Promise<MultiResult> {
    const key = this.keyFor(idempotencyKey)
    const { timeoutMs } = options
    const message = { ...multiMessage(operation), ...(timeoutMs === undefined ? {} : { timeout_ms: timeoutMs }) }
    const request: Request = { method: 'POST', path: '/v1/multi', message, idempotencyKey: key }
    const repeatable = key !== undefined && isRepeatable(operation)
    return multiResultOf((await this.send(request, { ...options, repeatable })) as MultiMessage, this.#int64)
  }

  /**
   * Many rows into one table, sent as fast as the database takes them; in PostgreSQL all or nothing. Rows may come from an asynchronous
   * generator; those of an array can be sent again.
   */
  async ingest(
    table: string,
    columns: readonly string[],
    rows: IngestRows,
    { database = 'postgresql', skipDuplicates = false, idempotencyKey, ...options }: IngestOptions = {},
  ): Promise<Ingested> {
    const key = this.keyFor(idempotencyKey)
    const path = `/v1/ingest/${encodeURIComponent(table)}?database=${database}&skip_duplicates=${skipDuplicates}`
    const once = !Array.isArray(rows)
    const lines = () => linesOfRows(columns, rows)
    const request: Request = { method: 'POST', path, idempotencyKey: key, lines, once }
    const repeatable = key !== undefined && !once
    return ingestedOf((await this.send(request, { ...options, repeatable })) as IngestedMessage)
  }

  /** The company's own keys in DragonflyDB. */
  get cache(): Cache {
    return new Cache(this.#send)
  }

  /** The company's configuration. */
  get config(): Config {
    return new Config(this.#send)
  }

  /** Which services are where. */
  get registry(): Registry {
    return new Registry(this.#send)
  }

  /** The company's database in ArangoDB. */
  get graph(): Graph {
    return new Graph(this.#send)
  }

  /** Objects in Weaviate. */
  get vectors(): Vectors {
    return new Vectors(this.#send)
  }

  /** The document of /health, whatever its status says. */
  async health(): Promise<Readonly<Record<string, unknown>>> {
    return (await this.#transport.health(this.timeoutMs)) as Readonly<Record<string, unknown>>
  }

  /** Closes the connections, those of `forTenant` too. */
  close(): void {
    this.#transport.close()
  }

  protected get timeoutMs(): number {
    return this.options.timeoutMs ?? 30_000
  }

  /** The key of a write, of which the caller may have given one. */
  protected keyFor(given: string | undefined): string | undefined {
    return given
  }

  protected newTraceparent(): string {
    return (this.options.traceparent ?? newTraceparent)()
  }

  /** One request, in one attempt unless a subclass makes more. */
  protected send(request: Request, sending: Sending): Promise<unknown> {
    return this.attempt(request, sending, this.newTraceparent())
  }

  protected attempt(
    request: Request,
    { ofCompany = true, timeoutMs = this.timeoutMs, signal }: Sending,
    traceparent: string,
  ): Promise<unknown> {
    return this.#transport.send(request, { tenant: ofCompany ? this.#tenant : null, timeoutMs, traceparent, signal })
  }

  readonly #send: Send = (request, sending) => this.send(request, sending)

  #read(name: string, message: object, options: CallOptions): Promise<unknown> {
    return this.send({ method: 'POST', path: `/v1/${name}`, message }, { ...options, repeatable: true })
  }

  #write(name: string, message: object, { idempotencyKey, ...options }: WriteOptions): Promise<unknown> {
    const key = this.keyFor(idempotencyKey)
    const request: Request = { method: 'POST', path: `/v1/${name}`, message, idempotencyKey: key }
    return this.send(request, { ...options, repeatable: key !== undefined })
  }

  #table<Shape extends Row>(answer: unknown): Result<Shape> {
    const table = answer as TableMessage & WithInfo
    return resultOf(table, infoOf(table), this.#int64)
  }
}

function credentialOf({ apiKey, token, tls }: ClientOptions): Credential {
  if (apiKey !== undefined && token !== undefined) throw new TypeError('give apiKey or token, not both')
  if (token !== undefined) return tokenCredential(token)
  // A certificate that is given says enough: a key that happens to be in the environment would be preferred by the service.
  const key = apiKey ?? (tls?.cert === undefined ? process.env.DBSVC_API_KEY : undefined)
  if (key) return keyCredential(key)
  if (tls?.cert !== undefined) return certificateCredential
  throw new TypeError('give apiKey, token, or a certificate in tls; or set DBSVC_API_KEY')
}
