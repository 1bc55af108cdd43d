import { STATUS_CODES } from 'node:http'
import { DbsvcError } from '../../core/errors/error.ts'
import type { AnyResponse } from './handler.ts'

/** Why a request was refused that no door has seen: what HTTP itself asks for is not met. */
export interface HttpRefusal {
  readonly status: number
  readonly reason: string
  readonly requestId: string
}

const bodyOf = ({ reason, requestId }: HttpRefusal): string =>
  JSON.stringify({ error: { ...DbsvcError.of('DBS-2001', { reason }).toJSON(), request_id: requestId } })

const headersOf = (refusal: HttpRefusal, body: string) => ({
  'content-type': 'application/json; charset=utf-8',
  'content-length': Buffer.byteLength(body),
  'x-request-id': refusal.requestId,
})

export function sendRefusal(response: AnyResponse, refusal: HttpRefusal): void {
  const body = bodyOf(refusal)
  response.statusCode = refusal.status
  for (const [name, value] of Object.entries(headersOf(refusal, body))) response.setHeader(name, value)
  response.end(body)
}

/** The whole answer of HTTP/1.1, for a connection on which nothing could be read. */
export function renderRefusal(refusal: HttpRefusal): string {
  const body = bodyOf(refusal)
  const headers = Object.entries({ ...headersOf(refusal, body), connection: 'close' })
  const head = [`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`, ...headers.map((each) => each.join(': '))]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}
