import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { ChdbConnection as Connection } from 'chdb/connection'
import { execute } from './execute.ts'
import { refusalOf } from './refusal.ts'
import { type Credentials, readQuery } from './request.ts'

/** What it calls itself, by which dbsvc knows that it has no access control. */
export const displayName = 'dbsvc chDB'

/** An HTTP server that speaks ClickHouse's interface, as far as ClickHouse's own clients use it. `open` makes a connection. */
export function createHttpInterface(open: () => Connection, credentials: Credentials): Server {
  const server = createServer((request, response) => {
    void answer(request, response, open, credentials).catch((error: unknown) => refuse(request, response, error))
  })
  // A query may take longer than a header.
  server.requestTimeout = 0
  return server
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  open: () => Connection,
  credentials: Credentials,
): Promise<void> {
  response.setHeader('X-ClickHouse-Server-Display-Name', displayName)
  response.setHeader('X-ClickHouse-Timezone', 'UTC')
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  if (url.pathname === '/ping') {
    response.end('Ok.\n')
    return
  }
  const query = readQuery(request, url, credentials)
  response.setHeader('X-ClickHouse-Query-Id', query.queryId ?? randomUUID())
  response.setHeader('X-ClickHouse-Summary', '{}')
  const connection = open()
  try {
    for await (const chunk of execute(connection, query)) {
      if (response.destroyed) return
      // The first piece sends the status; a failure behind it can only break the answer off.
      if (chunk.length > 0 && !response.write(chunk)) await once(response, 'drain', { signal: closing(response) })
    }
    response.end()
  } finally {
    await connection.close()
  }
}

function closing(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => controller.abort())
  return controller.signal
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.destroyed) return
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { status, code, message } = refusalOf(error)
  // What is left of the body would be read as the next request.
  if (!request.complete) response.setHeader('Connection', 'close')
  response.setHeader('X-ClickHouse-Exception-Code', String(code))
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=UTF-8' }).end(`${message}\n`)
}
