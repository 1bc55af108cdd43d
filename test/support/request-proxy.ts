import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'

/** `before`: the request never arrives. `during`: it has been sent. `after`: it was carried out, and nobody has been told. */
export type Phase = 'before' | 'during' | 'after'

/** What a client sends and a server acts on. */
export interface Numbered {
  /** From 1, over all connections in the order they arrive. */
  readonly number: number
  readonly text: string
}

export interface RequestProxy<Request extends Numbered = Numbered> {
  readonly port: number
  readonly requests: readonly Request[]
  /** Breaks every connection with what is held back on it, and refuses new ones. */
  cut(): void
  close(): Promise<void>
}

export interface Interruption<Request extends Numbered = Numbered> {
  /** A number, or the first request that is so. */
  readonly at: number | ((request: Request) => boolean)
  readonly phase: Phase
  /** The connection stands still until it resolves, then goes on: whoever kills the client cuts it, or what came from the dead arrives. */
  readonly act: (proxy: RequestProxy<Request>) => Promise<void>
}

/** How a protocol is cut into requests. */
export interface Framing<Request extends Numbered> {
  /** All that one client sends, in pieces. */
  readonly pieces: (client: AsyncIterable<Buffer>) => AsyncIterable<Piece<Request>>
  /** Whether the server has answered, with these bytes, what it was asked last. */
  readonly isAnswered: (received: Buffer) => boolean
}

export interface Piece<Request extends Numbered> {
  readonly bytes: Buffer
  /** Undefined for what makes the server do nothing yet. */
  readonly request: ((number: number) => Request) | undefined
}

/** Every chunk counts, as it comes: a request of HTTP, or a part of a long one, the frames of HTTP/2. */
export const chunks: Framing<Numbered> = {
  async *pieces(client) {
    for await (const bytes of client) {
      yield { bytes, request: (number) => ({ number, text: bytes.toString('latin1', 0, 2_000) }) }
    }
  },
  isAnswered: (received) => received.length > 0,
}

/** Stands between dbsvc and a server, unencrypted, and can stop the world at any request. */
export async function startRequestProxy<Request extends Numbered>(
  server: { readonly host: string; readonly port: number },
  framing: Framing<Request>,
  interruption?: Interruption<Request>,
): Promise<RequestProxy<Request>> {
  const requests: Request[] = []
  const sockets = new Set<Socket>()
  let refusing = false
  let isOver = interruption === undefined

  const listener = createServer({ allowHalfOpen: false }, (client) => {
    if (refusing) return void client.destroy()
    const upstream = createConnection({ host: server.host, port: server.port })
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.once('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    void serve(client, upstream)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  const proxy: RequestProxy<Request> = {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    requests,
    cut() {
      refusing = true
      for (const socket of sockets) socket.destroy()
    },
    async close() {
      proxy.cut()
      listener.close()
      await once(listener, 'close')
    },
  }
  return proxy

  async function serve(client: Socket, upstream: Socket): Promise<void> {
    const answers = relayAnswers(upstream, client, framing.isAnswered)
    try {
      for await (const { bytes, request: make } of framing.pieces(client)) {
        const request = make?.(requests.length + 1)
        if (request !== undefined) requests.push(request)
        const due = request === undefined ? undefined : dueAt(request)
        if (due?.phase === 'before') await due.act(proxy)
        if (due?.phase === 'after') answers.hold()
        upstream.write(bytes)
        if (due?.phase === 'during') await due.act(proxy)
        // The rest of the request may come in pieces of its own, without which there is no answer.
        if (due?.phase === 'after')
          void answers
            .ready()
            .then(() => due.act(proxy))
            .then(answers.release, () => {})
      }
    } catch {
      // The connection broke, which is what most tests are about.
    }
  }

  function dueAt(request: Request): Interruption<Request> | undefined {
    if (isOver || interruption === undefined) return undefined
    const { at } = interruption
    if (typeof at === 'number' ? request.number !== at : !at(request)) return undefined
    isOver = true
    return interruption
  }
}

interface Answers {
  /** Keeps back what the server sends from now on. */
  hold(): void
  release(): void
  /** Resolves when the server has answered, which the client is not told; rejects when the connection ends first. */
  ready(): Promise<void>
}

function relayAnswers(upstream: Socket, client: Socket, isAnswered: (received: Buffer) => boolean): Answers {
  let held: Buffer | undefined
  let onReady: (() => void) | undefined
  upstream.on('data', (chunk: Buffer) => {
    if (held === undefined) return void client.write(chunk)
    held = Buffer.concat([held, chunk])
    if (isAnswered(held)) onReady?.()
  })
  return {
    hold() {
      held = Buffer.alloc(0)
    },
    release() {
      if (held !== undefined) client.write(held)
      held = undefined
    },
    ready: () =>
      new Promise((resolve, reject) => {
        onReady = resolve
        upstream.once('close', () => reject(new Error('the server closed the connection')))
      }),
  }
}
