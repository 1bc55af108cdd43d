import { mkdir, realpath } from 'node:fs/promises'
import type { ClickHouseClientConfigOptions } from '@clickhouse/client'
import type { ChdbConnection as Connection } from 'chdb/connection'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import { withOneHead } from '../../../core/values/one-head.ts'
import { quoteName, quoteString } from '../sql/quote.ts'
import { type Session, type StatementOptions, settingsFor } from './session.ts'

const engine = 'ClickHouse'

type ClientConnection = NonNullable<ClickHouseClientConfigOptions['connection']>

/**
 * chDB in this process on the data in a folder, which is made where it is missing. chDB itself locks the folder, and the system
 * takes the lock away when the process dies. @throws DBS-1101, DBS-1106
 */
export async function openChdb(path: string): Promise<Session> {
  const { createChdbConnection } = await import('chdb/connection').catch((error: unknown) => {
    throw DbsvcError.of('DBS-1106', { engine, package: 'chdb', reason: firstLine(error) }, error)
  })
  const { createClient } = await import('@clickhouse/client')
  const folder = await makeFolder(path)
  // The client carries a second copy of the package that chdb takes the types from; the two differ in name alone.
  const clientOf = (connection: Connection) => createClient({ connection: connection as unknown as ClientConnection })
  const open = (): Connection => {
    try {
      return createChdbConnection({ path: folder })
    } catch (error) {
      const reason = `the folder cannot be opened; chDB lets one process at a time use it (${firstLine(error)})`
      throw DbsvcError.of('DBS-1101', { engine, place: folder, reason }, error)
    }
  }
  // Opening and closing the first connection starts and stops the engine; this one keeps it running.
  const keeper = open()

  /** A connection of its own, for a millisecond: settings and the current database stay behind in one that is used again. */
  async function withConnection<Result>(use: (connection: Connection) => Promise<Result>): Promise<Result> {
    const connection = open()
    try {
      return await use(connection)
    } finally {
      await connection.close()
    }
  }
  const version = await versionOf(keeper)
  const text = (sql: string, { database = 'default' }: StatementOptions): string =>
    `USE ${quoteName(database)};\n${sql}`
  const request = (sql: string, options: StatementOptions) => ({
    query: text(sql, options),
    clickhouse_settings: settingsFor(options),
    ...(options.parameters === undefined ? {} : { query_params: options.parameters }),
    ...(options.signal === undefined ? {} : { abort_signal: options.signal }),
  })
  return {
    place: folder,
    user: 'default',
    kind: 'chDB',
    version,
    // Only for results that it gives as a whole.
    bindsStreams: false,
    run: (sql, options = {}) =>
      withConnection(async (connection) => {
        await clientOf(connection).command(request(sql, options))
        return null
      }),
    rows: <Row>(sql: string, options: StatementOptions = {}) =>
      withConnection(async (connection) => {
        const result = await clientOf(connection).query({ ...request(sql, options), format: 'JSONEachRow' })
        return (await result.json()) as Row[]
      }),
    text: (sql, format, options = {}) =>
      withConnection(async (connection) => {
        const result = await clientOf(connection).query({ ...request(sql, options), format })
        return result.text()
      }),
    async *stream(sql, format, options = {}) {
      const connection = open()
      try {
        await connection.command({ query: `USE ${quoteName(options.database ?? 'default')}` })
        for (const [name, value] of Object.entries(options.settings ?? {})) {
          if (value !== null) await connection.command({ query: `SET ${name} = ${quoteString(String(value))}` })
        }
        const pieces = connection.chdb.queryStream(sql, format === '' ? {} : { format })
        for await (const piece of withOneHead(pieces, format)) {
          options.signal?.throwIfAborted()
          yield piece
        }
      } finally {
        await connection.close()
      }
    },
    close: () => keeper.close(),
  }
}

async function makeFolder(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    return await realpath(path)
  } catch (error) {
    throw DbsvcError.of('DBS-1101', { engine, place: path, reason: reasonOf(error) }, error)
  }
}

async function versionOf(connection: Connection): Promise<string> {
  const { stream } = await connection.query({ query: 'SELECT version() FORMAT TSV' })
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString().trim()
}

const firstLine = (thrown: unknown): string => reasonOf(thrown).split('\n')[0] ?? ''
