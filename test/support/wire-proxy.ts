import {
  type Framing,
  type Interruption as InterruptionAt,
  type Numbered,
  type RequestProxy,
  startRequestProxy,
} from './request-proxy.ts'
import type { TestServer } from './server.ts'

export type { Phase } from './request-proxy.ts'

/** A message that makes the server act: the start of a session, a simple query, or the end of an extended one with all it has parsed. */
export interface Request extends Numbered {
  readonly kind: 'startup' | 'query' | 'sync'
}

export type Interruption = InterruptionAt<Request>
export type WireProxy = RequestProxy<Request>

/** Stands between dbsvc and PostgreSQL, unencrypted, and can stop the world at any request. */
export const startWireProxy = (server: TestServer, interruption?: Interruption): Promise<WireProxy> =>
  startRequestProxy(server, wire, interruption)

const wire: Framing<Request> = {
  async *pieces(client) {
    let parsed = ''
    for await (const message of frontendMessages(client)) {
      if (message.type === 'P') parsed += textOfParse(message.bytes)
      yield { bytes: message.bytes, request: requestOf(message, parsed) }
      if (message.type === 'S') parsed = ''
    }
  },
  isAnswered,
}

interface Message {
  /** '' for the one that starts a session. */
  readonly type: string
  readonly bytes: Buffer
}

/** Behind the name of the statement. */
const textOfParse = (bytes: Buffer): string => `${bytes.toString('utf8', 5).split('\0')[1] ?? ''};`

function requestOf({ type, bytes }: Message, parsed: string): ((number: number) => Request) | undefined {
  if (type === '') return (number) => ({ number, kind: 'startup', text: '' })
  if (type === 'Q') return (number) => ({ number, kind: 'query', text: bytes.toString('utf8', 5, bytes.length - 1) })
  if (type === 'S') return (number) => ({ number, kind: 'sync', text: parsed })
  return undefined
}

/** The first message of a session has no type byte. */
async function* frontendMessages(client: AsyncIterable<Buffer>): AsyncGenerator<Message> {
  let pending = Buffer.alloc(0)
  let started = false
  for await (const chunk of client) {
    pending = Buffer.concat([pending, chunk])
    for (;;) {
      const typed = started ? 1 : 0
      if (pending.length < typed + 4) break
      const length = typed + pending.readInt32BE(typed)
      if (pending.length < length) break
      yield { type: started ? String.fromCharCode(pending.readUInt8(0)) : '', bytes: pending.subarray(0, length) }
      pending = pending.subarray(length)
      started = true
    }
  }
}

/** ReadyForQuery, or the request for a password that answers the start of a session. */
function isAnswered(received: Buffer): boolean {
  for (let at = 0; received.length >= at + 5; at += 1 + received.readInt32BE(at + 1)) {
    if (received.length < at + 1 + received.readInt32BE(at + 1)) return false
    const type = received.readUInt8(at)
    if (type === 0x5a || type === 0x52) return true
  }
  return false
}
