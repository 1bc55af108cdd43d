import { randomUUID } from 'node:crypto'
import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { AnyRequest, AnyResponse } from '../listen/handler.ts'
import { type HttpRefusal, renderRefusal, sendRefusal } from '../listen/refusal.ts'
import { requestIdOf } from '../request-id.ts'
import type { Observer } from './observer.ts'

/** Refuses what HTTP itself allows and the router does not, and tells of it. */
export type RefuseHttp = (request: AnyRequest, response: AnyResponse, status: number, reason: string) => void

export const createRefuseHttp =
  (observer: Observer): RefuseHttp =>
  ({ headers }, response, status, reason) => {
    const requestId = requestIdOf(headers['x-request-id'])
    observer.observeUnread({ requestId, outcome: 'refused', code: 'DBS-2001', durationMs: 0 }, undefined)
    sendRefusal(response, { status, reason, requestId })
  }

// As Node's own answers have it.
const byCode: Readonly<Record<string, Omit<HttpRefusal, 'requestId'>>> = {
  HPE_HEADER_OVERFLOW: { status: 431, reason: 'its headers are more than server.http.headerBytes' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, reason: 'the extensions of its chunks are too large' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: 'the message was not there in time' },
}
const unreadable = { status: 400, reason: 'it is no HTTP that can be read' }

/** Answers what comes to the server and is no HTTP, before anything that could have a name, and tells of it. */
export function answerBadHttp(server: Server, observer: Observer): Server {
  return server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // Whoever goes away between two requests has sent nothing.
    if (error.code === 'ECONNRESET') return
    const requestId = randomUUID()
    observer.observeUnread({ requestId, outcome: 'refused', code: 'DBS-2001', durationMs: 0 }, error)
    const { _httpMessage: begun } = socket as Socket & { readonly _httpMessage?: ServerResponse | null }
    // In the middle of another answer it would be taken for a part of it.
    if (!socket.writable || begun?.headersSent === true) return void socket.destroy(error)
    const refusal = { ...(byCode[error.code ?? ''] ?? unreadable), requestId }
    socket.end(renderRefusal(refusal), () => socket.destroy(error))
  })
}
