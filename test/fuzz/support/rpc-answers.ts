import type { IncomingHttpHeaders } from 'node:http2'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

export interface RpcAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly trailers: IncomingHttpHeaders
  readonly body: Buffer
}

const codes = [
  'canceled unknown invalid_argument deadline_exceeded not_found already_exists permission_denied resource_exhausted',
  'failed_precondition aborted out_of_range unimplemented internal unavailable data_loss unauthenticated',
]
  .join(' ')
  .split(' ')

/** The code of an answer by the protocol that its type is of: `ok`, the name of an error, `http` for a status of HTTP alone, or null where it is neither. */
export function codeOf({ status, headers, trailers, body }: RpcAnswer): string | null {
  const type = headers['content-type'] ?? ''
  if (type.startsWith('application/grpc-web')) {
    return byNumber(
      headers['grpc-status'] ?? /grpc-status: ?(\d+)/.exec(lastFrame(body, 0x80, headers['grpc-encoding']))?.[1],
    )
  }
  if (type.startsWith('application/grpc')) return byNumber(headers['grpc-status'] ?? trailers['grpc-status'])
  if (type.startsWith('application/connect+')) {
    const end = lastFrame(body, 0x02, headers['connect-content-encoding'])
    return end === '' ? null : errorIn(end)
  }
  // Other content types, versions and methods than these protocols have, and what is no request of HTTP.
  if (statusAlone.includes(status) && body.length === 0) return 'http'
  if (status === 200) return 'ok'
  return type.startsWith('application/json') ? errorIn(body.toString()) : null
}

const statusAlone = [400, 404, 405, 408, 415, 431, 505]

const byNumber = (status: string | string[] | undefined): string | null =>
  status === undefined ? null : status === '0' ? 'ok' : (codes[Number(status) - 1] ?? null)

function errorIn(json: string): string | null {
  const {
    code,
    error,
    metadata: _,
  } = JSON.parse(json) as { code?: string; error?: { code?: string }; metadata?: unknown }
  const found = code ?? error?.code
  if (found === undefined) return error === undefined ? 'ok' : null
  return codes.includes(found) ? found : null
}

const unpack: Readonly<Record<string, (bytes: Buffer) => Buffer>> = { gzip: gunzipSync, br: brotliDecompressSync }

/** What the last envelope with this flag holds. */
function lastFrame(body: Buffer, flag: number, encoding: string | string[] = 'identity'): string {
  let found = ''
  for (let at = 0; at + 5 <= body.length; ) {
    const length = body.readUInt32BE(at + 1)
    const flags = body[at] ?? 0
    const content = body.subarray(at + 5, at + 5 + length)
    if ((flags & flag) !== 0) found = String((flags & 1) === 0 ? content : unpack[String(encoding)]?.(content))
    at += 5 + length
  }
  return found
}
