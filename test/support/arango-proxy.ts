import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * What becomes of a request: it is passed on; it is lost before the server has it, or its answer is; the server is replaced by one
 * that answers with something else; the answer begins and never ends, or takes a second.
 */
export type Fate =
  | 'pass'
  | 'lose request'
  | 'lose answer'
  | 'garbage'
  | 'not found'
  | 'wrong shape'
  | 'half an answer'
  | 'hang'
  | 'slow'

export interface ArangoProxy {
  readonly url: string
  /** How many requests there were. */
  readonly count: () => number
  stop(): Promise<void>
}

/** Stands between dbsvc and a server; `fateOf` is asked of each request, counted from 1. */
export async function startArangoProxy(upstream: string, fateOf: (count: number) => Fate): Promise<ArangoProxy> {
  let count = 0
  const server = createServer((request, response) => {
    count += 1
    void meet(upstream, fateOf(count), request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => count,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const json = { 'content-type': 'application/json' }

async function meet(upstream: string, fate: Fate, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  switch (fate) {
    case 'lose request':
      return void response.destroy()
    case 'garbage':
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>not here</html>')
    case 'not found':
      return void response.writeHead(404, { 'content-type': 'text/html' }).end('<html>no such site</html>')
    case 'wrong shape':
      return void response.writeHead(200, json).end('[]')
    case 'hang':
      return void response.writeHead(200, json).write('{"result":')
    case 'half an answer':
      return void response
        .writeHead(200, { ...json, 'content-length': '100' })
        .write('{"result":', () => response.destroy())
    default:
  }
  const { host: _, connection: __, ...headers } = request.headers
  const body = chunks.length === 0 ? null : Buffer.concat(chunks)
  const answer = await fetch(new URL(request.url ?? '/', upstream), {
    method: request.method ?? 'GET',
    headers: headers as Record<string, string>,
    body,
  })
  const text = Buffer.from(await answer.arrayBuffer())
  if (fate === 'lose answer') return void response.destroy()
  if (fate === 'slow') await delay(1_000)
  const { 'content-encoding': ___, 'transfer-encoding': ____, ...kept } = Object.fromEntries(answer.headers)
  response.writeHead(answer.status, kept).end(text)
}
