import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { afterAll } from 'vitest'
import type { Issued } from './certificates.ts'

export interface TlsProxyOptions {
  /** Of the server behind, which speaks in the clear. */
  readonly port: number
  /** Null passes everything on as it is. A function is asked for each connection. */
  readonly certificate: Issued | null | (() => Issued)
  readonly alpn?: readonly string[]
  /** PostgreSQL's clients ask in the clear whether there is TLS. */
  readonly asks?: boolean
}

/** Speaks TLS in front of a server of this machine, on all of its addresses. Returns the port; ends with the test file. */
export async function startTlsProxy({ port, certificate, alpn, asks = false }: TlsProxyOptions): Promise<number> {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
  }
  const secured = (plain: Socket): Socket => {
    if (certificate === null) return plain
    const shown = typeof certificate === 'function' ? certificate() : certificate
    const options = { isServer: true, ...shown, ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }) }
    return new TLSSocket(plain, options)
  }
  const passOn = (plain: Socket): void => {
    const socket = secured(plain)
    const behind = connect(port, '127.0.0.1')
    keep(socket)
    keep(behind)
    socket.pipe(behind).pipe(socket)
    socket.on('close', () => behind.destroy())
    behind.on('close', () => socket.destroy())
  }
  const server = createServer((plain) => {
    keep(plain)
    if (!asks || certificate === null) return passOn(plain)
    plain.once('data', () => {
      plain.write('S')
      passOn(plain)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
