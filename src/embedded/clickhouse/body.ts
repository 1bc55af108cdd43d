import type { Readable } from 'node:stream'
import { tooLarge } from './refusal.ts'

const pieceBytes = 8 * 1024 * 1024
const mostBytes = 256 * 1024 * 1024

/** The whole of it. @throws Refusal over 256 MiB */
export async function readAll(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBytes) throw tooLarge(mostBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Pieces of about 8 MiB that end where lines do, so that a body of any size passes. @throws Refusal for a line over 256 MiB */
export async function* readLines(body: Readable): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const end = bytes + chunk.length < pieceBytes ? -1 : chunk.lastIndexOf(0x0a)
    if (end === -1) {
      waiting.push(chunk)
      bytes += chunk.length
      if (bytes > mostBytes) throw tooLarge(mostBytes)
      continue
    }
    yield Buffer.concat([...waiting, chunk.subarray(0, end + 1)])
    waiting = [chunk.subarray(end + 1)]
    bytes = chunk.length - end - 1
  }
  const last = Buffer.concat(waiting)
  if (last.length > 0) yield last
}
