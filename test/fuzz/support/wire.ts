import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export interface WireAnswer {
  readonly status: number
  readonly headers: string
  readonly body: string
}

/** A connection of HTTP/1.1 over which several requests are sent before the first is answered. */
export interface Pipeline {
  /** Answers in the order of the requests; fewer where the connection ended, as it may after an error. */
  send(requests: readonly Buffer[]): Promise<WireAnswer[]>
  close(): void
}

export async function openPipeline(port: number): Promise<Pipeline> {
  const socket = await connected(port)
  const answers: WireAnswer[] = []
  let rest: Buffer = Buffer.alloc(0)
  let wake = (): void => {}
  let ended = false
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let read = readAnswer(rest); read !== null; read = readAnswer(rest)) {
      answers.push(read.answer)
      rest = rest.subarray(read.length)
    }
    wake()
  })
  const end = (): void => {
    ended = true
    wake()
  }
  socket.on('close', end).on('error', end)
  return {
    async send(requests) {
      socket.write(Buffer.concat(requests))
      while (answers.length < requests.length) {
        if (ended) break
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return answers.splice(0)
    },
    close: () => socket.destroy(),
  }
}

export function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.once('error', reject)
  })
}

/** The first answer of these bytes, if it is there as a whole. */
function readAnswer(bytes: Buffer): { readonly answer: WireAnswer; readonly length: number } | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return null
  const headers = bytes.toString('latin1', 0, end)
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(headers)?.[1])
  const size = /^content-length: (\d+)/im.exec(headers)?.[1]
  if (size === undefined) throw new Error(`an answer without length: ${headers}`)
  const length = end + 4 + Number(size)
  if (bytes.length < length) return null
  return { answer: { status, headers, body: bytes.toString('utf8', end + 4, length) }, length }
}

/** All that comes back to these bytes, as latin1, until the connection is closed; 5 s at most. */
export async function answerTo(port: number, bytes: Buffer): Promise<string> {
  const socket = await connected(port)
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  socket.end(bytes)
  await Promise.race([new Promise((resolve) => socket.once('close', resolve)), delay(5_000)])
  socket.destroy()
  return answer
}
