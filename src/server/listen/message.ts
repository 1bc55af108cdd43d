import type { Http2ServerRequest, ServerHttp2Stream } from 'node:http2'
import { setImmediate as turn } from 'node:timers/promises'
import { DbsvcError } from '../../core/errors/error.ts'
import type { AnyRequest } from './handler.ts'

interface Wait {
  begin(): void
  end(): void
}

const waits = new WeakMap<AnyRequest, Wait>()

/** Gives up a request whose message is not there whole after `messageMs`: what comes in drops is not waited for. */
export function awaitMessage(request: AnyRequest, messageMs: number, giveUp: () => void): void {
  let late: NodeJS.Timeout | undefined
  const wait = {
    begin() {
      clearTimeout(late)
      // The connection keeps the process; a message that was refused halfway must not keep it from ending.
      late = setTimeout(() => {
        if (!isWhole(request)) giveUp()
      }, messageMs).unref()
    },
    end: () => clearTimeout(late),
  }
  wait.begin()
  request.once('end', wait.end).once('close', wait.end)
  waits.set(request, wait)
}

/** The bytes of a message. @throws DBS-2001 when it breaks off */
export async function* bytesOf(request: AnyRequest): AsyncGenerator<Buffer> {
  try {
    for await (const bytes of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) yield bytes
  } catch (error) {
    brokenOff(error)
  }
  if (await isBroken(request)) brokenOff()
}

/** The same of a message that is read as it is dealt with: the time of a message holds for each wait for more of it, and not for the whole. */
export async function* bytesAtPace(request: AnyRequest): AsyncGenerator<Buffer> {
  const wait = waits.get(request)
  const pieces = bytesOf(request)
  try {
    for (let piece = await pieces.next(); piece.done !== true; piece = await pieces.next()) {
      wait?.end()
      yield piece.value
      wait?.begin()
    }
  } finally {
    // Whatever is left of it is waited for like any other.
    if (!isWhole(request)) wait?.begin()
    await pieces.return(undefined)
  }
}

/** The same of a message whose length nobody has said. @throws DBS-2001 also when it was cancelled after its end */
export async function* bytesUncancelled(request: AnyRequest): AsyncGenerator<Buffer> {
  yield* bytesAtPace(request)
  if ('stream' in request && request.headers['content-length'] === undefined && (await isCancelled(request)))
    brokenOff()
}

function brokenOff(cause?: unknown): never {
  throw DbsvcError.of('DBS-2001', { reason: 'the message broke off' }, cause)
}

/** Over HTTP/2 a reset looks like the end at first, the more so as Node's clients end a stream before they reset it. The next turns tell. */
async function isBroken(request: AnyRequest): Promise<boolean> {
  if (!('stream' in request)) return !request.complete
  await turn()
  await turn()
  return request.stream.aborted
}

// Whoever speaks HTTP/2 answers at once.
const pongMs = 10_000

/**
 * Some clients of HTTP/2 end a stream that they cancel, and reset it a moment later. A client answers in order: Node's, of two pings sent after the end, the first
 * one no earlier than in the turn of that reset, and so the second one after it.
 */
async function isCancelled({ stream }: Http2ServerRequest): Promise<boolean> {
  for (let pings = 0; pings < 2; pings += 1) if (stream.aborted || !(await hasPong(stream))) return true
  return stream.aborted
}

async function hasPong(stream: ServerHttp2Stream): Promise<boolean> {
  const { session } = stream
  if (session === undefined || session.destroyed) return false
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), pongMs).unref()
    session.ping((error) => {
      clearTimeout(late)
      resolve(error === null)
    })
  })
}

const isWhole = (request: AnyRequest): boolean =>
  'stream' in request ? request.stream.state.remoteClose === 1 : request.complete
