import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createConnection, createServer, type Server, type Socket } from 'node:net'

/**
 * What becomes of connections: they are passed on; refused, as where nothing listens; answered with noise, or not at all; answered
 * late; or, after so many pieces of what dbsvc sends, cut with all others, and refused from then on.
 */
export type Fate =
  | 'pass'
  | 'refuse'
  | 'garbage'
  | 'silence'
  | { readonly lateMs: number }
  | { readonly cutAfter: number }

export interface FaultProxy {
  readonly port: number
  setFate(fate: Fate): Promise<void>
  /** How many pieces dbsvc has sent since the fate was set. */
  readonly pieces: () => number
  close(): Promise<void>
}

const host = '127.0.0.1'
const noise = createHash('sha512').update('noise').digest()

/** Stands between dbsvc and a server, and stays at its port through all that befalls it. */
export async function startFaultProxy(upstream: { readonly port: number }): Promise<FaultProxy> {
  const sockets = new Set<Socket>()
  let fate: Fate = 'pass'
  let pieces = 0
  let listener: Server | null = null
  const track = (socket: Socket): Socket => {
    sockets.add(socket.setNoDelay(true))
    // Connections break here on purpose.
    socket.on('error', () => {})
    return socket.once('close', () => sockets.delete(socket))
  }
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const stopListening = async (): Promise<void> => {
    const closing = listener
    listener = null
    cutAll()
    if (closing === null) return
    closing.close()
    await once(closing, 'close')
  }
  const serve = (client: Socket): void => {
    track(client)
    if (fate === 'silence') return
    if (fate === 'garbage') return void client.once('data', () => client.end(noise))
    const lateMs = typeof fate === 'object' && 'lateMs' in fate ? fate.lateMs : 0
    const server = track(createConnection({ host, port: upstream.port }))
    client.once('close', () => server.destroy())
    server.once('close', () => client.destroy())
    server.on('data', (chunk) => {
      if (lateMs === 0) client.write(chunk)
      else setTimeout(() => client.write(chunk), lateMs)
    })
    client.on('data', (chunk) => {
      pieces += 1
      if (typeof fate === 'object' && 'cutAfter' in fate && pieces > fate.cutAfter) return void stopListening()
      server.write(chunk)
    })
  }
  const listen = async (port: number): Promise<number> => {
    listener = createServer(serve).listen(port, host)
    await once(listener, 'listening')
    const address = listener.address()
    return typeof address === 'object' ? (address?.port ?? 0) : 0
  }
  const port = await listen(0)
  return {
    port,
    pieces: () => pieces,
    async setFate(next) {
      cutAll()
      fate = next
      pieces = 0
      if (next === 'refuse') await stopListening()
      else if (listener === null) await listen(port)
    },
    close: stopListening,
  }
}
