import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import type { Observer } from './observer.ts'

/** Tells of what comes to the server and is no HTTP: it is answered before anything that could have a name. */
export function observeBadHttp(server: Server, observer: Observer): Server {
  return server.on('clientError', (error: NodeJS.ErrnoException) => {
    // Whoever goes away between two requests has sent nothing.
    if (error.code === 'ECONNRESET') return
    observer.observeUnread({ requestId: randomUUID(), outcome: 'refused', code: 'DBS-2001', durationMs: 0 }, error)
  })
}
