import { connect, createServer, type Socket } from 'node:net'
import { afterAll } from 'vitest'

/** A wire between client and service, which carries bytes and can be cut. */
export interface Wire {
  readonly host: string
  /** So many next answers do not arrive: the connection breaks instead. */
  loseAnswers: number
  /** Nothing is answered. */
  silent: boolean
  /** What the next requests are answered with, as a balancer would: they do not reach the service. */
  readonly instead: string[]
  readonly connections: number
  /** Request lines that went over it. */
  readonly requests: readonly string[]
  headers(name: string): readonly string[]
}

/** Whether a request has come with all of its body: a connection that is closed before may lose the answer. */
function isWhole(request: string): boolean {
  const end = request.indexOf('\r\n\r\n')
  if (end < 0) return false
  const body = request.slice(end + 4)
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(request.slice(0, end)) ?? []
  return length === undefined ? body.endsWith('0\r\n\r\n') : body.length >= Number(length)
}

/** Of a balancer, or of the service where it says what is wrong. */
export function answerOf(status: number, headers: Readonly<Record<string, string>> = {}, error?: object): string {
  const body = error === undefined ? '<html>not now</html>' : JSON.stringify({ error })
  const lines = Object.entries({ 'content-length': String(body.length), connection: 'close', ...headers })
  return [`HTTP/1.1 ${status} -`, ...lines.map(([name, value]) => `${name}: ${value}`), '', body].join('\r\n')
}

/** Passes everything on to a port of this machine; closed after the test file. */
export async function openWire(servicePort: number): Promise<Wire> {
  let seen = ''
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    wire.connections += 1
    const service = connect(servicePort, '127.0.0.1')
    for (const socket of [client, service]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        client.destroy()
        service.destroy()
      })
    }
    let held = ''
    client.on('data', (data) => {
      const text = data.toString('latin1')
      seen += text
      if (held === '' && wire.instead.length === 0) {
        service.write(data)
        return
      }
      held += text
      if (!isWhole(held)) return
      held = ''
      client.end(wire.instead.shift() ?? '')
    })
    service.on('data', (data) => {
      if (wire.loseAnswers > 0) {
        wire.loseAnswers -= 1
        client.destroy()
      } else if (!wire.silent) client.write(data)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as { readonly port: number }
  const wire: { -readonly [Name in keyof Wire]: Wire[Name] } = {
    host: `127.0.0.1:${port}`,
    loseAnswers: 0,
    silent: false,
    instead: [],
    connections: 0,
    get requests() {
      return [...seen.matchAll(/(?:GET|POST|PUT|DELETE) \S+(?= HTTP\/1\.1\r\n)/g)].map(([line]) => line)
    },
    headers: (name: string) =>
      [...seen.matchAll(new RegExp(`\r\n${name}: ([^\r]*)`, 'gi'))].map(([, value = '']) => value),
  }
  return wire
}
