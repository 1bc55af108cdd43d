import type { Credential } from './credential.ts'
import { AuthenticationFailed, ConnectionFailed, DeadlineExceeded, errorOf, TooManyRequests } from './errors.ts'
import { Broken, createExchange, type Incoming, type Opened, type Outgoing, type Tls } from './exchange.ts'
import { linesOf } from './stream.ts'
import { type TenantContext, tenantHeaders } from './tenant.ts'

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly message?: object
  readonly idempotencyKey?: string | undefined
  /** Lines of JSON instead of a message; made anew for each attempt. */
  readonly lines?: () => AsyncIterable<string>
  /** The lines cannot be made a second time. */
  readonly once?: boolean
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
  readonly credential: Credential
  readonly maxConnections: number
  readonly tls: Tls
}

export function createTransport({ host, credential, maxConnections, tls }: TransportOptions): Transport {
  const base = new URL(host.includes('://') ? host : `http://${host}`)
  const exchange = createExchange(base, maxConnections, tls)

  const outgoing = (
    { method, path, message, idempotencyKey, lines }: Request,
    { tenant, traceparent }: Attempt,
    authorization: string | null,
  ): Omit<Outgoing, 'signal'> => {
    const headers: Record<string, string> = { traceparent }
    if (authorization !== null) headers.authorization = authorization
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

  /** Asks once more where a token was refused and another may be had: nothing was done. */
  const authorized = async <Answer>(
    request: Request,
    attempt: Attempt,
    until: AbortSignal,
    ask: (asked: Omit<Outgoing, 'signal'>) => Promise<Answer>,
  ): Promise<Answer> => {
    const first = await before(until, credential.authorization())
    try {
      return await ask(outgoing(request, attempt, first))
    } catch (error) {
      if (!isOfCredential(error) || !credential.refused(first) || request.once) throw error
    }
    return ask(outgoing(request, attempt, await before(until, credential.authorization())))
  }

  const ask = async (
    timeoutMs: number,
    signal: AbortSignal | undefined,
    asking: (until: AbortSignal) => Promise<Incoming>,
  ): Promise<Incoming> => {
    const deadline = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)))
    const until = signal === undefined ? deadline : AbortSignal.any([deadline, signal])
    try {
      return await asking(until)
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (deadline.aborted) throw new DeadlineExceeded(`no answer within ${Math.ceil(timeoutMs)} ms`, { cause: error })
      if (!(error instanceof Broken)) throw error
      throw new ConnectionFailed(`the service cannot be reached: ${error.message}`, error.sent, error.cause)
    }
  }

  return {
    async send(request, attempt) {
      const { timeoutMs, signal } = attempt
      const { text } = await ask(timeoutMs, signal, (until) =>
        authorized(request, attempt, until, async (asked) => {
          const answer = await exchange.ask({ ...asked, signal: until })
          if (answer.status === 200 && parse(answer.text) !== undefined) return answer
          throw errorOf(answer.status, answer.headers, parse(answer.text))
        }),
      )
      return parse(text)
    },
    async *stream(request, attempt) {
      const { timeoutMs, signal } = attempt
      const left = new AbortController()
      const late = setTimeout(() => left.abort(new DeadlineExceeded(`no answer within ${timeoutMs} ms`)), timeoutMs)
      const until = signal === undefined ? left.signal : AbortSignal.any([left.signal, signal])
      try {
        const answer = await authorized(request, attempt, until, ({ headers, ...rest }) => {
          const accept = 'application/x-ndjson'
          return opened(exchange.open({ ...rest, headers: { ...headers, accept }, signal: until }))
        })
        clearTimeout(late)
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
      const asked = { method: 'GET', path: '/health', headers: {} }
      return parse((await ask(timeoutMs, undefined, (signal) => exchange.ask({ ...asked, signal }))).text)
    },
    close: exchange.close,
  }
}

/** The service answers with 429 where too many were refused; a right one it takes all the same. */
const isOfCredential = (error: unknown): boolean =>
  error instanceof AuthenticationFailed || (error instanceof TooManyRequests && error.code === 'DBS-2103')

async function opened(answering: Promise<Opened>): Promise<Opened> {
  const answer = await answering
  if (answer.status === 200) return answer
  let text = ''
  for await (const piece of answer.text) text += piece
  throw errorOf(answer.status, answer.headers, parse(text))
}

/** What the promise gives, unless the signal aborts first. */
function before<Result>(signal: AbortSignal, promise: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason)
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
