import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'
import type { TestServer } from './server.ts'

/** A message that makes the server act: the start of a session, a simple query, or the end of an extended one. */
export interface Request {
  /** From 1, over all connections in the order they arrive. */
  readonly number: number
  readonly kind: 'startup' | 'query' | 'sync'
  /** Of a query. */
  readonly text: string
}

/** `before`: the request never arrives. `during`: it has been sent. `after`: it was carried out, and nobody has been told. */
export type Phase = 'before' | 'during' | 'after'

export interface Interruption {
  readonly at: number
  readonly phase: Phase
  /** The connection stands still until it resolves, then goes on. */
  readonly act: (proxy: WireProxy) => Promise<void>
}

export interface WireProxy {
  readonly port: number
  readonly requests: readonly Request[]
  /** Breaks every connection, and refuses new ones. */
  cut(): void
  close(): Promise<void>
}

/** Stands between dbsvc and the server, unencrypted, and can stop the world at any request. */
export async function startWireProxy(server: TestServer, interruption?: Interruption): Promise<WireProxy> {
  const requests: Request[] = []
  const sockets = new Set<Socket>()
  let refusing = false

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
  const proxy: WireProxy = {
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
    const answers = relayAnswers(upstream, client)
    try {
      for await (const message of frontendMessages(client)) {
        const request = requestOf(message, requests.length + 1)
        if (request !== undefined) requests.push(request)
        const due = interruption !== undefined && request?.number === interruption.at
        if (due && interruption.phase === 'before') await interruption.act(proxy)
        if (due && interruption.phase === 'after') answers.hold()
        upstream.write(message.bytes)
        if (!due || interruption.phase === 'before') continue
        if (interruption.phase === 'after') await answers.ready()
        await interruption.act(proxy)
        answers.release()
      }
    } catch {
      // The connection broke, which is what most tests are about.
    }
  }
}

interface Message {
  /** '' for the one that starts a session. */
  readonly type: string
  readonly bytes: Buffer
}

function requestOf({ type, bytes }: Message, number: number): Request | undefined {
  if (type === '') return { number, kind: 'startup', text: '' }
  if (type === 'Q') return { number, kind: 'query', text: bytes.toString('utf8', 5, bytes.length - 1) }
  if (type === 'S') return { number, kind: 'sync', text: '' }
  return undefined
}

/** The first message of a session has no type byte. */
async function* frontendMessages(client: Socket): AsyncGenerator<Message> {
  let pending = Buffer.alloc(0)
  let started = false
  for await (const chunk of client) {
    pending = Buffer.concat([pending, chunk as Buffer])
    for (;;) {
      const typed = started ? 1 : 0
      if (pending.length < typed + 4) break
      const length = typed + pending.readInt32BE(typed)
      if (pending.length < length) break
      yield { type: started ? String.fromCharCode(pending.readUInt8(0)) : '', bytes: pending.subarray(0, length) }
      pending = pending.subarray(length)
      started = true
    }
  }
}

interface Answers {
  /** Keeps back what the server sends from now on. */
  hold(): void
  release(): void
  /** Resolves when the server is ready for the next request, which the client is not told; rejects when the connection ends first. */
  ready(): Promise<void>
}

function relayAnswers(upstream: Socket, client: Socket): Answers {
  let held: Buffer[] | undefined
  let scanned = Buffer.alloc(0)
  let onReady: (() => void) | undefined
  upstream.on('data', (chunk: Buffer) => {
    if (held === undefined) return void client.write(chunk)
    held.push(chunk)
    scanned = Buffer.concat([scanned, chunk])
    while (scanned.length >= 5 && scanned.length >= 1 + scanned.readInt32BE(1)) {
      // ReadyForQuery, or the request for a password that answers the start of a session.
      if (scanned.readUInt8(0) === 0x5a || scanned.readUInt8(0) === 0x52) onReady?.()
      scanned = scanned.subarray(1 + scanned.readInt32BE(1))
    }
  })
  return {
    hold() {
      held = []
      scanned = Buffer.alloc(0)
    },
    release() {
      for (const chunk of held ?? []) client.write(chunk)
      held = undefined
    },
    ready: () =>
      new Promise((resolve, reject) => {
        onReady = resolve
        upstream.once('close', () => reject(new Error('the server closed the connection')))
      }),
  }
}
