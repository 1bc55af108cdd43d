import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { Agent as TlsAgent, type AgentOptions as TlsOptions, request as tlsRequest } from 'node:https'
import { Readable } from 'node:stream'

export interface Outgoing {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | AsyncIterable<string> | undefined
  readonly signal: AbortSignal
}

export interface Incoming {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** A connection failed. */
export class Broken extends Error {
  /** Whether anything of the message may have gone out. */
  readonly sent: boolean

  constructor(sent: boolean, cause: unknown) {
    super(cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : String(cause), {
      cause,
    })
    this.sent = sent
  }
}

export type Tls = Pick<TlsOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'>

/** An answer whose text is still to come. */
export interface Opened {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: AsyncIterable<string>
}

/** HTTP/1.1 to one host, over connections that are kept open. */
export interface Exchange {
  /** @throws Broken, also when the signal aborts */
  ask(outgoing: Outgoing): Promise<Incoming>
  /** The signal ends the text too. */
  open(outgoing: Outgoing): Promise<Opened>
  close(): void
}

/** @param maxConnections others wait for one, in the order they came */
export function createExchange(base: URL, maxConnections: number, tls: Tls): Exchange {
  const isTls = base.protocol === 'https:'
  const options = { keepAlive: true, maxSockets: maxConnections, maxFreeSockets: maxConnections }
  const agent = isTls ? new TlsAgent({ ...options, ...tls }) : new Agent(options)
  const send = isTls ? tlsRequest : request
  const open = ({ method, path, headers, body, signal }: Outgoing): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      let sent = false
      const outgoing = send(new URL(path, base), { method, headers, agent, signal })
      outgoing.on('socket', (socket) => {
        if (!socket.connecting) sent = true
        else {
          socket.once(isTls ? 'secureConnect' : 'connect', () => {
            sent = true
          })
        }
      })
      outgoing.on('error', (error) => reject(new Broken(sent, error)))
      outgoing.on('response', resolve)
      if (body === undefined || typeof body === 'string') outgoing.end(body)
      else {
        const source = Readable.from(body)
        source.on('error', (error) => {
          outgoing.destroy()
          reject(error)
        })
        source.pipe(outgoing)
      }
    })
  return {
    async ask(outgoing) {
      const { status, headers, text } = opened(await open(outgoing))
      let whole = ''
      for await (const piece of text) whole += piece
      return { status, headers, text: whole }
    },
    open: async (outgoing) => opened(await open(outgoing)),
    close: () => agent.destroy(),
  }
}

const opened = (answer: IncomingMessage): Opened => ({
  status: answer.statusCode ?? 0,
  headers: answer.headers,
  text: piecesOf(answer),
})

async function* piecesOf(answer: IncomingMessage): AsyncGenerator<string> {
  try {
    for await (const piece of answer.setEncoding('utf8')) yield piece as string
  } catch (error) {
    throw new Broken(true, error)
  }
}
