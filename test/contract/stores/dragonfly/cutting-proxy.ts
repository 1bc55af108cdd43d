import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'

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

/** The command that the bytes begin with, `*2\r\n$3\r\nGET\r\n…`; null where its end has not come yet. */
function firstCommand(bytes: Buffer): { name: string; words: readonly string[]; length: number } | null {
  const line = (from: number): [text: string, next: number] | null => {
    const end = bytes.indexOf('\r\n', from)
    return end === -1 ? null : [bytes.toString('latin1', from, end), end + 2]
  }
  const head = line(0)
  if (head === null) return null
  const words: string[] = []
  let at = head[1]
  for (let left = Number(head[0].slice(1)); left > 0; left--) {
    const size = line(at)
    if (size === null) return null
    const end = size[1] + Number(size[0].slice(1))
    if (bytes.length < end + 2) return null
    words.push(bytes.toString('latin1', size[1], end))
    at = end + 2
  }
  const upper = words.slice(0, 2).map((word) => word.toUpperCase())
  const isNested = ['ACL', 'CLIENT', 'COMMAND', 'CONFIG'].includes(upper[0] ?? '')
  return { name: upper.slice(0, isNested ? 2 : 1).join(' '), words, length: at }
}
