import type { Framing, Numbered } from './request-proxy.ts'

export interface RespCommand {
  /** Such as `ACL SETUSER`, in capitals. */
  readonly name: string
  readonly words: readonly string[]
  /** In bytes, as it stands on the wire. */
  readonly length: number
}

/** Every command counts, in whatever chunks it comes: clients write several at once, as it happens. */
export const commands: Framing<Numbered> = {
  async *pieces(client) {
    let rest = Buffer.alloc(0)
    for await (const chunk of client) {
      rest = Buffer.concat([rest, chunk])
      for (let found = firstCommand(rest); found !== null; found = firstCommand(rest)) {
        const { name: text, length } = found
        // What a client asks about commands changes nothing, and comes a hundred at a time.
        const request = text.startsWith('COMMAND') ? undefined : (number: number): Numbered => ({ number, text })
        yield { bytes: rest.subarray(0, length), request }
        rest = rest.subarray(length)
      }
    }
  },
  isAnswered: (received) => received.length > 0,
}

/** The command that the bytes begin with, `*2\r\n$3\r\nGET\r\n…`; null where its end has not come yet. */
export function firstCommand(bytes: Buffer): RespCommand | null {
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
