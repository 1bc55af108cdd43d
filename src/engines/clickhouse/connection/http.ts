import type { ClickHouseClient } from '@clickhouse/client'
import { type Session, type StatementOptions, settingsFor } from './session.ts'

export interface HttpOptions {
  readonly url: string
  readonly user: string
  readonly password: string
  /** Certificates of the authorities that may vouch for the server; those that Node knows where there are none. */
  readonly authorities: readonly string[]
  readonly application: string
  readonly concurrency: number
  /** Whether statements are run by a whole cluster. */
  readonly cluster: boolean
}

// A mutation is awaited, and on a large table it takes its time.
const requestTimeoutMs = 3_600_000

const clusterSettings = { distributed_ddl_task_timeout: 600, distributed_ddl_output_mode: 'throw' }

const connectTimeoutMs = 10_000

/** A server, over its HTTP interface. @throws what the client throws when it cannot be reached or does not know the user */
export async function openHttp(options: HttpOptions): Promise<Session> {
  const { createClient, ClickHouseLogLevel } = await import('@clickhouse/client')
  const settings = options.cluster ? clusterSettings : {}
  const client = createClient({
    url: options.url,
    username: options.user,
    password: options.password,
    ...(options.authorities.length === 0 ? {} : { tls: { ca_cert: Buffer.from(options.authorities.join('')) } }),
    application: options.application,
    request_timeout: requestTimeoutMs,
    max_open_connections: options.concurrency,
    // A user with readonly = 1 may not ask for compression.
    compression: { request: false, response: false },
    log: { level: ClickHouseLogLevel.OFF },
  })
  const request = (sql: string, statement: StatementOptions): Parameters<ClickHouseClient['exec']>[0] => ({
    query: sql,
    clickhouse_settings: settingsFor(statement, settings),
    // The client has one database; a header chooses another for one statement.
    http_headers: { ...statement.headers, 'X-ClickHouse-Database': statement.database ?? 'default' },
    ...(statement.parameters === undefined ? {} : { query_params: statement.parameters }),
    ...(statement.signal === undefined ? {} : { abort_signal: statement.signal }),
    ...(statement.as === undefined ? {} : { auth: { username: statement.as.user, password: statement.as.password } }),
  })
  const { version, kind } = await firstAnswer(client).catch(async (error: unknown) => {
    await client.close()
    throw error
  })
  return {
    place: new URL(options.url).host,
    user: options.user,
    kind,
    version,
    bindsStreams: true,
    async run(sql, statement = {}) {
      const { stream, summary } = await client.exec(request(sql, statement))
      // A failure that comes late is in the body.
      for await (const _ of stream);
      // chDB's summary leaves it out.
      return summary?.written_rows === undefined ? null : Number(summary.written_rows)
    },
    async rows<Row>(sql: string, statement: StatementOptions = {}) {
      const result = await client.query({ ...request(sql, statement), format: 'JSONEachRow' })
      return (await result.json()) as Row[]
    },
    async text(sql, format, statement = {}) {
      const result = await client.query({ ...request(sql, statement), format })
      return result.text()
    },
    async *stream(sql, format, statement = {}) {
      const { stream } = await client.exec(request(format === '' ? sql : `${sql}\nFORMAT ${format}`, statement))
      yield* stream as AsyncIterable<Uint8Array>
    },
    close: () => client.close(),
  }
}

/** Asks by a query, because `/ping` answers without looking at the credentials. */
async function firstAnswer(client: ClickHouseClient): Promise<Pick<Session, 'version' | 'kind'>> {
  const abort_signal = AbortSignal.timeout(connectTimeoutMs)
  const ping = await client.ping({ select: true, abort_signal })
  if (!ping.success) throw ping.error
  const result = await client.query({ query: 'SELECT version() AS version', format: 'JSONEachRow', abort_signal })
  const [row] = (await result.json()) as { version: string }[]
  const name = result.response_headers['x-clickhouse-server-display-name']
  const kind = (['chDB', 'stand-in'] as const).find((known) => name === `dbsvc ${known}`) ?? null
  if (!/^\d+\.\d+/.test(row?.version ?? '')) throw new Error('it does not answer as ClickHouse does')
  return { version: row?.version ?? '', kind }
}
