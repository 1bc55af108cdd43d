import type { Socket } from 'node:net'

export type Protocol = 'http1' | 'http2'

// Of the connection preface; no request of HTTP/1.1 begins so. Source: RFC 9113, section 3.4.
const preface = Buffer.from('PRI * HTTP/2.0\r\n', 'latin1')

/** Tells the protocol of a new connection by its first bytes, which stay to be read. One that is silent for `patienceMs` is closed. */
export function tellProtocol(socket: Socket, patienceMs: number, onTold: (protocol: Protocol) => void): void {
  let seen: Buffer = Buffer.alloc(0)
  const look = (): void => {
    const chunk: Buffer | null = socket.read()
    if (chunk === null) return
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk])
    const compared = Math.min(seen.length, preface.length)
    const alike = preface.compare(seen, 0, compared, 0, compared) === 0
    if (alike && compared < preface.length) return
    done()
    socket.unshift(seen)
    onTold(alike ? 'http2' : 'http1')
  }
  const giveUp = (): void => {
    done()
    socket.destroy()
  }
  const done = (): void => {
    socket.off('readable', look).off('error', giveUp).off('end', giveUp).off('close', done)
    clearTimeout(patience)
  }
  const patience = setTimeout(giveUp, patienceMs)
  socket.on('readable', look).on('error', giveUp).on('end', giveUp).on('close', done)
}
