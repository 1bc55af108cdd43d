import { createServer as createHttp1, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { constants, createServer as createHttp2 } from 'node:http2'
import { createServer as createHttps, type Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { SecureContextOptions, TLSSocket } from 'node:tls'
import type { Config } from '../../config/schema.ts'
import type { RefuseHttp } from '../observe/bad-http.ts'
import type { AnyRequest, AnyResponse, Handler } from './handler.ts'
import { awaitMessage } from './message.ts'
import { type Protocol, tellProtocol } from './protocol.ts'
import { openSessions } from './sessions.ts'
import type { TlsSettings } from './tls.ts'

const handshakeMs = 10_000
// Whoever is late is found out so often.
const lookMs = 5_000

type HttpSettings = Config['server']['http']

/** One port for HTTP/1.1 and HTTP/2. */
export interface Listener {
  /** Makes a server, to be listened with; one for each address. */
  create(handler: Handler): Server
  /** New connections shake hands with this certificate. */
  renew(options: SecureContextOptions): void
  /** Lets HTTP/2 finish what is under way, and takes nothing new; HTTP/1.1 is closed by its server. Of both, what takes longer than `graceMs` is cut off. */
  stop(graceMs: number): Promise<void>
}

/** @param tls null to listen without. @param refuse answers what is no request for `handler` */
export function createListener(
  tls: SecureContextOptions | null,
  clientCertificate: TlsSettings['clientCertificate'],
  { headerBytes, messageMs, streamsPerConnection }: Omit<HttpSettings, 'bodyBytes' | 'trustedProxies'>,
  refuse: RefuseHttp,
): Listener {
  const sessions = openSessions({ messageMs })
  const undecided = new Set<Socket>()
  const servers = new Set<Server>()
  const secured = new Set<HttpsServer>()
  const options = {
    headersTimeout: messageMs,
    // What comes after the headers has a time of its own.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(lookMs, messageMs),
    maxHeaderSize: headerBytes,
  }
  let current = tls
  const refuseExpectation = (request: AnyRequest, response: AnyResponse): void =>
    refuse(request, response, 417, 'no other expectation is met than 100-continue')

  /** By ALPN. */
  const createSecured = (context: SecureContextOptions, handler: Handler): HttpsServer => {
    const server = createHttps({
      ...options,
      ...context,
      ALPNProtocols: ['h2', 'http/1.1'],
      handshakeTimeout: handshakeMs,
      requestCert: clientCertificate !== 'none',
      rejectUnauthorized: clientCertificate === 'require',
    })
    handOver(server, handler, 'secureConnection', (socket: TLSSocket, go) =>
      go(socket.alpnProtocol === 'h2' ? 'http2' : 'http1'),
    )
    secured.add(server)
    return server
  }

  /** By the first bytes, as clients speak HTTP/2 without TLS by prior knowledge alone. */
  const createPlain = (handler: Handler): Server => {
    const server = createHttp1(options)
    handOver(server, handler, 'connection', (socket: Socket, go) => {
      undecided.add(socket)
      socket.once('close', () => undecided.delete(socket))
      tellProtocol(socket, messageMs, (protocol) => {
        undecided.delete(socket)
        go(protocol)
      })
    })
    return server
  }

  /** Puts a choice before what the server does with a connection. */
  const handOver = <Kind extends Socket>(
    server: Server,
    handler: Handler,
    event: 'connection' | 'secureConnection',
    choose: (socket: Kind, go: (protocol: Protocol) => void) => void,
  ): void => {
    const http2 = createHttp2({
      // Each stream asks once at a time whether it was cancelled.
      maxOutstandingPings: streamsPerConnection,
      settings: { maxConcurrentStreams: streamsPerConnection, maxHeaderListSize: headerBytes },
    })
    http2.on('request', (request, response) => {
      awaitMessage(request, messageMs, () => request.stream.close(constants.NGHTTP2_CANCEL))
      // What Node is told of it holds once the caller has confirmed the settings, and not before.
      if (sizeOf(request.rawHeaders) > headerBytes)
        refuse(request, response, 431, 'its headers are more than server.http.headerBytes')
      else handler(request, response)
    })
    http2.on('session', sessions.add)
    for (const each of [server, http2]) each.on('checkExpectation', refuseExpectation)
    server.on('request', (request, response) => {
      awaitMessage(request, messageMs, () => giveUp(server, request, response))
      handler(request, response)
    })
    const http1 = server.listeners(event)
    server.removeAllListeners(event)
    server.on(event, (socket: Kind) =>
      choose(socket, (protocol) => {
        if (protocol === 'http2') {
          // Servers of HTTP/1.1 keep a connection that its client has ended, and its streams would wait for what never comes.
          socket.allowHalfOpen = false
          http2.emit('connection', socket)
        } else for (const accept of http1) accept.call(server, socket)
      }),
    )
  }

  return {
    create(handler) {
      const server = current === null ? createPlain(handler) : createSecured(current, handler)
      servers.add(server)
      return server
    },
    renew(context) {
      current = context
      for (const server of secured) server.setSecureContext(context)
    },
    async stop(graceMs) {
      for (const socket of undecided) socket.destroy()
      const cutOff = (): void => {
        for (const server of servers) server.closeAllConnections()
      }
      setTimeout(cutOff, graceMs).unref()
      await sessions.close(graceMs)
    },
  }
}

/** Answered as Node answers to headers that do not come. */
function giveUp(server: Server, { socket }: IncomingMessage, { headersSent }: ServerResponse): void {
  const late = Object.assign(new Error('the message was not there in time'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
  if (headersSent) socket.destroy()
  else server.emit('clientError', late, socket)
}

/** Source: RFC 9113, section 6.5.2. */
const sizeOf = (rawHeaders: readonly string[]): number =>
  rawHeaders.reduce((sum, part) => sum + part.length, 32 * (rawHeaders.length / 2))
