import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll } from 'vitest'

/** Stands before a server, and lets through, says nothing, or refuses. */
export interface Gate {
  readonly port: number
  /** Connections stay open and bytes stay where they are. */
  silence(): void
  /** Ends every connection, and each new one at once. */
  shut(): void
  open(): void
}

/** Without a target it accepts and never answers. Closed after the test file. */
export async function startGate(target?: { readonly host: string; readonly port: number }): Promise<Gate> {
  const sockets = new Set<Socket>()
  let state: 'open' | 'silent' | 'shut' = target === undefined ? 'silent' : 'open'
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer((client) => {
    keep(client)
    if (state === 'shut') client.destroy()
    if (target === undefined || state !== 'open') return
    const upstream = connect(target)
    keep(upstream)
    client.on('data', (bytes) => state === 'open' && upstream.write(bytes))
    upstream.on('data', (bytes) => state === 'open' && client.write(bytes))
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const drop = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  afterAll(() => {
    drop()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    silence() {
      state = 'silent'
    },
    shut() {
      state = 'shut'
      drop()
    },
    open() {
      state = 'open'
      // What was silent is out of step.
      drop()
    },
  }
}
