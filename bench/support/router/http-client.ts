import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface HttpRequest {
  readonly path: string
  /** Lines that end in \r\n. */
  readonly headers: string
  readonly body: string
}

// A server closes connections that are idle for longer; one of them would swallow a request.
const longestIdleMs = 1_000

/** Sends one POST at a time over a connection that is kept; reads answers with a content-length. */
class KeptConnection {
  /** performance.now() at its last answer. */
  usedAt = performance.now()

  readonly #socket: Socket
  #received: Buffer[] = []
  #size = 0
  #wanted = Number.POSITIVE_INFINITY
  #settle: { resolve(body: string): void; reject(error: Error): void } | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('close', () => this.#settle?.reject(new Error('the connection was closed before the answer')))
    socket.on('error', (error) => this.#settle?.reject(error))
  }

  /** The body of a 200. @throws any other answer */
  ask({ path, headers, body }: HttpRequest): Promise<string> {
    this.#socket.write(
      `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#received.push(chunk)
    this.#size += chunk.length
    if (this.#wanted === Number.POSITIVE_INFINITY) this.#wanted = this.#lengthOf(Buffer.concat(this.#received))
    if (this.#size < this.#wanted) return
    const message = Buffer.concat(this.#received).toString('utf8')
    this.#received = []
    this.#size = 0
    this.#wanted = Number.POSITIVE_INFINITY
    const settle = this.#settle
    this.#settle = undefined
    this.usedAt = performance.now()
    if (message.startsWith('HTTP/1.1 200')) settle?.resolve(message.slice(message.indexOf('\r\n\r\n') + 4))
    else settle?.reject(new Error(message))
  }

  #lengthOf(message: Buffer): number {
    const end = message.indexOf('\r\n\r\n')
    if (end < 0) return Number.POSITIVE_INFINITY
    const length = /^content-length: (\d+)/im.exec(message.toString('latin1', 0, end))?.[1]
    if (length === undefined) throw new Error('an answer without content-length')
    return end + 4 + Number(length)
  }
}

/** As cheap as a client can be, so that what is measured is the server. */
export function createHttpClient(port: number): {
  post(request: HttpRequest): Promise<string>
  close(): void
} {
  const free: KeptConnection[] = []
  const all: KeptConnection[] = []
  const open = async (): Promise<KeptConnection> => {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const connection = new KeptConnection(socket)
    all.push(connection)
    return connection
  }
  return {
    async post(request) {
      const kept = free.pop()
      const isFresh = kept !== undefined && performance.now() - kept.usedAt < longestIdleMs
      if (!isFresh) kept?.destroy()
      const connection = isFresh ? kept : await open()
      const body = await connection.ask(request)
      free.push(connection)
      return body
    },
    close: () => {
      for (const connection of all) connection.destroy()
    },
  }
}
