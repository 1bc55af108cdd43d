import { ConnectionFailed, DeadlineExceeded, errorOf } from './errors.ts'
import { Broken, createExchange, type Incoming, type Outgoing, type Tls } from './exchange.ts'
import { linesOf } from './stream.ts'
import { type TenantContext, tenantHeaders } from './tenant.ts'

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly message?: object
  readonly idempotencyKey?: string | undefined
  /** Lines of JSON instead of a message; made anew for each attempt. */
  readonly lines?: () => AsyncIterable<string>
}

/** What each attempt of a request has of its own. */
export interface Attempt {
  readonly tenant: TenantContext | null
  readonly timeoutMs: number
  readonly traceparent: string
  readonly signal: AbortSignal | undefined
}

/** Sends one request over connections that are kept open, and gives the JSON of its answer. */
export interface Transport {
  /** @throws DatabaseServiceError, or the reason of the caller's signal */
  send(request: Request, attempt: Attempt): Promise<unknown>
  /** Also where it says 503. */
  health(timeoutMs: number): Promise<unknown>
  /** An answer's lines, as they come; leaving off ends it. `timeoutMs` is until the first. */
  stream(request: Request, attempt: Attempt): AsyncGenerator<string>
  close(): void
}

export interface TransportOptions {
  readonly host: string
  readonly apiKey: string
  readonly maxConnections: number
  readonly tls: Tls
}

export function createTransport({ host, apiKey, maxConnections, tls }: TransportOptions): Transport {
  const base = new URL(host.includes('://') ? host : `http://${host}`)
  const exchange = createExchange(base, maxConnections, tls)

  const outgoing = (
    { method, path, message, idempotencyKey, lines }: Request,
    tenant: TenantContext | null,
    traceparent: string,
  ): Omit<Outgoing, 'signal'> => {
    const headers: Record<string, string> = { authorization: `Bearer ${apiKey}`, traceparent }
    if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey
    if (message === undefined) {
      if (tenant !== null) Object.assign(headers, tenantHeaders(tenant))
      if (lines === undefined) return { method, path, headers }
      headers['content-type'] = 'application/x-ndjson'
      return { method, path, headers, body: lines() }
    }
    headers['content-type'] = 'application/json'
    // In the message an id may have any character.
    return { method, path, headers, body: JSON.stringify(tenant === null ? message : { ...message, tenant }) }
  }

  const ask = async (
    asked: Omit<Outgoing, 'signal'>,
    timeoutMs: number,
    signal?: AbortSignal | undefined,
  ): Promise<Incoming> => {
    const deadline = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)))
    const until = signal === undefined ? deadline : AbortSignal.any([deadline, signal])
    try {
      return await exchange.ask({ ...asked, signal: until })
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (deadline.aborted) throw new DeadlineExceeded(`no answer within ${Math.ceil(timeoutMs)} ms`, { cause: error })
      if (!(error instanceof Broken)) throw error
      throw new ConnectionFailed(`the service cannot be reached: ${error.message}`, error.sent, error.cause)
    }
  }

  return {
    async send(request, { tenant, timeoutMs, traceparent, signal }) {
      const answer = await ask(outgoing(request, tenant, traceparent), timeoutMs, signal)
      const content = parse(answer.text)
      if (answer.status === 200 && content !== undefined) return content
      throw errorOf(answer.status, answer.headers, content)
    },
    async *stream(request, { tenant, timeoutMs, traceparent, signal }) {
      const { headers, ...rest } = outgoing(request, tenant, traceparent)
      const left = new AbortController()
      const late = setTimeout(() => left.abort(new DeadlineExceeded(`no answer within ${timeoutMs} ms`)), timeoutMs)
      const until = signal === undefined ? left.signal : AbortSignal.any([left.signal, signal])
      try {
        const accept = 'application/x-ndjson'
        const answer = await exchange.open({ ...rest, headers: { ...headers, accept }, signal: until })
        clearTimeout(late)
        if (answer.status !== 200) {
          let text = ''
          for await (const piece of answer.text) text += piece
          throw errorOf(answer.status, answer.headers, parse(text))
        }
        yield* linesOf(answer.text)
      } catch (error) {
        if (until.aborted) throw until.reason
        if (!(error instanceof Broken)) throw error
        throw new ConnectionFailed(`the connection broke: ${error.message}`, error.sent, error.cause)
      } finally {
        clearTimeout(late)
        left.abort()
      }
    },
    async health(timeoutMs) {
      return parse((await ask({ method: 'GET', path: '/health', headers: {} }, timeoutMs)).text)
    },
    close: exchange.close,
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
