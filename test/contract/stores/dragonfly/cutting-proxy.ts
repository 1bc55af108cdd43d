import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'
import { firstCommand } from '../../../support/resp.ts'

/** `before`: the command never arrives. `after`: it was carried out, and nobody has been told. */
export type Phase = 'before' | 'after'

export interface CuttingProxy {
  readonly port: number
  /** What was sent, such as `ACL SETUSER`, in order. */
  readonly commands: readonly string[]
  close(): Promise<void>
}

export interface CuttingOptions {
  /** At the numbered command, from 1, every connection breaks and none is let in any more. */
  readonly at?: { readonly number: number; readonly phase: Phase }
  /** Answers instead of the server, as it stands on the wire; null lets the server answer. Not within pipelines. */
  readonly answer?: (words: readonly string[]) => string | null
}

/** Stands before a server of 127.0.0.1 and passes commands on one by one. */
export async function startCuttingProxy(
  serverPort: number,
  { at, answer }: CuttingOptions = {},
): Promise<CuttingProxy> {
  const commands: string[] = []
  const sockets = new Set<Socket>()
  let isCut = false
  const cut = (): void => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }

  const listener = createServer((client) => {
    if (isCut) return void client.destroy()
    const server = createConnection({ host: '127.0.0.1', port: serverPort })
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => {
        for (const other of [client, server]) other.destroy()
      })
    }
    let isMute = false
    server.on('data', (answer) => {
      if (isMute) cut()
      else client.write(answer)
    })
    let rest = Buffer.alloc(0)
    client.on('data', (data) => {
      rest = Buffer.concat([rest, data])
      for (let found = firstCommand(rest); found !== null && !isMute; found = firstCommand(rest)) {
        commands.push(found.name)
        const isDue = commands.length === at?.number
        if (isDue && at?.phase === 'before') return cut()
        isMute = isDue
        const own = answer?.(found.words) ?? null
        if (own === null) server.write(rest.subarray(0, found.length))
        else client.write(own)
        rest = rest.subarray(found.length)
      }
    })
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    commands,
    async close() {
      cut()
      listener.close()
      await once(listener, 'close')
    },
  }
}
