import type { Redis } from 'ioredis'
import { type Text, textOf } from './text.ts'

/** How many elements of a key one line holds, so that a big key is never in memory whole. */
const perLine = 1000

/** A key's value, or a part of it: what the parts hold adds up. */
export type Value =
  | Text
  | readonly Text[]
  | readonly (readonly [Text, Text])[]
  | StreamEntries
  | { readonly dump: string }

type StreamEntries = readonly { readonly id: string; readonly fields: readonly Text[] }[]

type Reader = (client: Redis, key: Buffer) => AsyncGenerator<Value>

const readers: Readonly<Record<string, Reader>> = {
  async *string(client, key) {
    const value = await client.getBuffer(key)
    if (value !== null) yield textOf(value)
  },
  async *list(client, key) {
    for (let from = 0; ; from += perLine) {
      const part = await client.lrangeBuffer(key, from, from + perLine - 1)
      if (part.length > 0) yield part.map(textOf)
      if (part.length < perLine) return
    }
  },
  async *set(client, key) {
    for await (const part of scanWithin((cursor) => client.sscanBuffer(key, cursor, 'COUNT', perLine))) {
      yield part.map(textOf)
    }
  },
  async *hash(client, key) {
    for await (const part of scanWithin((cursor) => client.hscanBuffer(key, cursor, 'COUNT', perLine)))
      yield pairs(part)
  },
  /** Pairs of member and score. */
  async *zset(client, key) {
    for await (const part of scanWithin((cursor) => client.zscanBuffer(key, cursor, 'COUNT', perLine)))
      yield pairs(part)
  },
  async *stream(client, key) {
    for (let from = '-'; ; ) {
      const part = await client.xrangeBuffer(key, from, '+', 'COUNT', perLine)
      if (part.length > 0) yield part.map(([id, fields]) => ({ id: String(id), fields: (fields ?? []).map(textOf) }))
      const last = part.at(-1)
      if (last === undefined || part.length < perLine) return
      from = `(${String(last[0])}`
    }
  },
}

/** Reads a key in parts. A type that has no reader, such as a module's, comes in the server's own format. */
export function readValue(client: Redis, key: Buffer, type: string): AsyncGenerator<Value> {
  return (readers[type] ?? readDump)(client, key)
}

async function* readDump(client: Redis, key: Buffer): AsyncGenerator<Value> {
  const dump = await client.dumpBuffer(key)
  if (dump !== null) yield { dump: dump.toString('base64') }
}

async function* scanWithin(
  call: (cursor: string) => Promise<[cursor: Buffer, elements: Buffer[]]>,
): AsyncGenerator<Buffer[]> {
  let cursor = '0'
  do {
    const [next, elements] = await call(cursor)
    if (elements.length > 0) yield elements
    cursor = next.toString()
  } while (cursor !== '0')
}

function pairs(flat: readonly Buffer[]): (readonly [Text, Text])[] {
  const found: (readonly [Text, Text])[] = []
  for (let at = 0; at + 1 < flat.length; at += 2) found.push([textAt(flat, at), textAt(flat, at + 1)])
  return found
}

const textAt = (flat: readonly Buffer[], at: number): Text => textOf(flat[at] ?? Buffer.alloc(0))
