import type { Database } from 'arangojs'
import { z } from 'zod'
import { failureOf, garbled, lost, refusalBehind } from './failure.ts'
import { retryPassing } from './retry.ts'

export interface ArangoRequest {
  /** GET unless told otherwise. */
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Such as `/_api/collection`; made with `apiPath` where it holds a name. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: object
  /** 30 s unless told otherwise. */
  readonly timeoutMs?: number
}

/** For requests of whose answer nothing is needed. */
export const anyAnswer = z.looseObject({})

const usualTimeoutMs = 30_000

/** One database of a server, as one user reaches it. */
export class ArangoDatabase {
  readonly name: string
  /** host:port */
  readonly place: string
  /** The arangojs database, for migrations that are code. */
  readonly driver: Database
  private readonly user: string
  private readonly signal: AbortSignal | undefined

  /** `signal` gives up what is under way when it is aborted. */
  constructor(driver: Database, place: string, user: string, signal?: AbortSignal) {
    this.driver = driver
    this.name = driver.name
    this.place = place
    this.user = user
    this.signal = signal
  }

  /**
   * Sends a request, again where it was refused for a reason that passes, and reads the answer in the shape that it must have.
   * @throws DBS-1101, DBS-1102, DBS-1105, and DBS-1107 with an ArangoRefusal as its cause
   */
  async send<Shape extends z.ZodType>(request: ArangoRequest, shape: Shape): Promise<z.output<Shape>> {
    return retryPassing(async () => {
      const { body } = await this.fetch(request)
      const parsed = shape.safeParse(body)
      if (parsed.success) return parsed.data
      throw garbled(this.place, `${request.method ?? 'GET'} ${request.path}: ${z.prettifyError(parsed.error)}`)
    }, this.signal)
  }

  /** The same, but null for what ArangoDB does not find: by its own number, since a proxy in between says 404 of anything. */
  async find<Shape extends z.ZodType>(request: ArangoRequest, shape: Shape): Promise<z.output<Shape> | null> {
    try {
      return await this.send(request, shape)
    } catch (error) {
      const refusal = refusalBehind(error)
      if (refusal?.status === 404 && refusal.errorNum !== refusal.status) return null
      throw error
    }
  }

  /** One attempt, the answer unread. */
  async fetch(
    request: ArangoRequest,
  ): Promise<{ readonly body: unknown; readonly header: (name: string) => string | null }> {
    const { method = 'GET', path, query, body, timeoutMs = usualTimeoutMs } = request
    // The driver's own timeout ends with the headers; a body that never ends would be waited for.
    const end = new AbortController()
    const answer = this.driver.route(path).request({ method, timeout: timeoutMs, ...given({ search: query, body }) })
    try {
      const response = await Promise.race([answer, whenGivenUp(end.signal, timeoutMs, this.place, this.signal)])
      return { body: response.parsedBody, header: (name) => response.headers.get(name) }
    } catch (error) {
      throw failureOf(error, this.place, this.user)
    } finally {
      end.abort()
      answer.catch(() => {})
    }
  }
}

/** Without the members that are undefined, which the driver would send. */
function given<Members extends object>(members: Members): Partial<Members> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<Members>
}

function whenGivenUp(ended: AbortSignal, timeoutMs: number, place: string, signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = (reason: string): void => reject(lost(place, reason))
    const timer = setTimeout(() => giveUp(`no answer within ${timeoutMs} ms`), timeoutMs)
    const abort = (): void => giveUp('given up while the request was under way')
    if (signal?.aborted === true) abort()
    signal?.addEventListener('abort', abort, { once: true })
    ended.addEventListener('abort', () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    })
  })
}
