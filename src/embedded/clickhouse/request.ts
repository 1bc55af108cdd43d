import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { notImplemented, wrongPassword } from './refusal.ts'

/** A query, taken out of an HTTP request as ClickHouse's own server does. */
export interface HttpQuery {
  /** From the URL; the body's text follows it. */
  readonly text: string
  readonly body: Readable
  readonly database: string
  readonly queryId: string | null
  /** Null where the query itself says it, or takes ClickHouse's default. */
  readonly format: string | null
  /** What a query may refer to as `{name:Type}`, in the escapes of tab-separated values. */
  readonly parameters: ReadonlyMap<string, string>
  readonly settings: ReadonlyMap<string, string>
}

export interface Credentials {
  readonly user: string
  readonly password: string
}

/** What only an HTTP server knows, and the engine refuses. */
const ofTheServer = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'user',
  'password',
  'buffer_size',
  'wait_end_of_query',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'http_response_buffer_size',
  'enable_http_compression',
  'quota_key',
])

/** @throws Refusal for wrong credentials, and for what this server cannot do */
export function readQuery(request: IncomingMessage, url: URL, credentials: Credentials): HttpQuery {
  requireCredentials(request, url, credentials)
  const header = (name: string): string | null => request.headers[name]?.toString() ?? null
  if (header('content-type')?.startsWith('multipart/') === true) throw notImplemented('A query in parts is not taken')
  for (const name of ['session_id', 'role', 'compress', 'decompress']) {
    if (url.searchParams.has(name)) throw notImplemented(`${name} is not taken`)
  }
  const parameters = new Map<string, string>()
  const settings = new Map<string, string>()
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('param_')) parameters.set(name.slice('param_'.length), value)
    else if (!ofTheServer.has(name)) settings.set(name, value)
  }
  // As a server does it: what comes by GET reads.
  if (request.method === 'GET') settings.set('readonly', '2')
  return {
    text: url.searchParams.get('query') ?? '',
    body: decompress(request, header('content-encoding')),
    database: url.searchParams.get('database') ?? header('x-clickhouse-database') ?? 'default',
    queryId: url.searchParams.get('query_id'),
    format: url.searchParams.get('default_format') ?? header('x-clickhouse-format'),
    parameters,
    settings,
  }
}

function requireCredentials({ headers }: IncomingMessage, url: URL, { user, password }: Credentials): void {
  const [, basic] = /^Basic (.+)$/i.exec(headers.authorization ?? '') ?? []
  const [basicUser, ...basicPassword] = Buffer.from(basic ?? '', 'base64')
    .toString()
    .split(':')
  const given = {
    user: headers['x-clickhouse-user']?.toString() ?? url.searchParams.get('user') ?? (basicUser || 'default'),
    password: headers['x-clickhouse-key']?.toString() ?? url.searchParams.get('password') ?? basicPassword.join(':'),
  }
  if (given.user !== user || !isSame(given.password, password)) throw wrongPassword(given.user)
}

/** Takes the same time whatever differs. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

function decompress(request: IncomingMessage, encoding: string | null): Readable {
  if (encoding === null || encoding === 'identity') return request
  const decoders = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress }
  const decoder = decoders[encoding as keyof typeof decoders]
  if (decoder === undefined) throw notImplemented(`Content-Encoding ${encoding} is not taken`)
  const decoded = decoder()
  request.on('error', (error) => decoded.destroy(error))
  return request.pipe(decoded)
}
