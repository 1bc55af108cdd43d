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
    client.on('data', (data) => {
      seen += data.toString('latin1')
      const answer = wire.instead.shift()
      if (answer === undefined) service.write(data)
      else client.end(answer)
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
