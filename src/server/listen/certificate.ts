import type { Socket } from 'node:net'
import { type DetailedPeerCertificate, TLSSocket } from 'node:tls'

/** The caller's certificate, where it sent one that an authority of `server.tls.ca` vouches for. */
export function certificateOf(socket: Socket): DetailedPeerCertificate | undefined {
  // A socket of HTTP/2 is shown through a proxy, which is an instance of it all the same.
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
  const certificate = socket.getPeerCertificate(true)
  return Object.keys(certificate).length === 0 ? undefined : certificate
}
