import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { ArangoError } from './errors.ts'
import type { Json } from './json.ts'

export interface Incoming {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Undefined when the request has none. */
  readonly body: Json | undefined
}

export interface Reply {
  readonly status: number
  /** A string is sent as it is, as text. */
  readonly body?: Json | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** The header by which whoever asks can tell the stand-in from a server. */
export const standInHeader = 'x-dbsvc-stand-in'

const mostBytes = 64 * 1024 * 1024

/** A server that answers with what `answer` returns, or with the body of the ArangoError that it throws. */
export function createHttpServer(answer: (incoming: Incoming) => Promise<Reply>): Server {
  return createServer((request, response) => {
    void reply(request, answer).then((result) => send(request, response, result))
  })
}

async function reply(request: IncomingMessage, answer: (incoming: Incoming) => Promise<Reply>): Promise<Reply> {
  try {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
    )
    return await answer({ method: request.method ?? 'GET', url, headers, body: await readBody(request) })
  } catch (error) {
    return refusal(error)
  }
}

export function refusal(error: unknown): Reply {
  const { status, errorNum, message, body } =
    error instanceof ArangoError
      ? error
      : new ArangoError(4, `the stand-in failed: ${error instanceof Error ? error.stack : String(error)}`)
  return { status, body: { error: true, code: status, errorNum, errorMessage: message, ...body } }
}

async function readBody(request: IncomingMessage): Promise<Json | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new ArangoError(400, 'request body too large', { status: 413 })
    chunks.push(chunk)
  }
  if (bytes === 0) return undefined
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json
  } catch (error) {
    throw new ArangoError(600, `VPackError error: ${(error as Error).message}`)
  }
}

function send(request: IncomingMessage, response: ServerResponse, { status, body, headers = {} }: Reply): void {
  const isText = typeof body === 'string'
  const text = body === undefined ? '' : isText ? body : JSON.stringify(body)
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    server: 'ArangoDB',
    [standInHeader]: 'arango',
    ...headers,
  })
  response.end(request.method === 'HEAD' ? undefined : text)
}
