import pg from 'pg'
import { DbsvcError } from '../../core/errors/error.ts'
import {
  abandon,
  applicationName,
  connectAdmin,
  oneAtATime,
  operationError,
  type PostgresConfig,
} from './connection.ts'

/** What most callers need of a client. */
export type Queries = Pick<pg.Client, 'query'>

/** A connection that is made when it is first used, and anew when it is lost or silent for too long. It has no transactions. */
export interface LastingClient extends Queries {
  /** Has `onNews` called when somebody notifies the channel, and after each connection, before which something may have been missed. */
  listen(channel: string, onNews: () => void): void
  close(): void
}

const answerWithinMs = 10_000

/** Queries throw DBS-1101, DBS-1105 and pg.DatabaseError. */
export function openLastingClient(config: PostgresConfig, command: string): LastingClient {
  let connection: Promise<pg.Client> | undefined
  const listeners = new Map<string, () => void>()

  const connect = async (): Promise<pg.Client> => {
    const client = oneAtATime(await connectAdmin(config, applicationName(command)))
    client.on('end', () => {
      connection = undefined
    })
    client.on('notification', ({ channel }) => listeners.get(channel)?.())
    await client.query(`set statement_timeout = ${answerWithinMs}`)
    for (const [channel, onNews] of listeners) {
      await client.query(`listen ${pg.escapeIdentifier(channel)}`)
      onNews()
    }
    return client
  }
  const leave = (): void => {
    void connection?.then(abandon).catch(() => {})
    connection = undefined
  }
  const query = async (text: string, values?: unknown[]): Promise<pg.QueryResult> => {
    connection ??= connect()
    // A server that is gone without a word.
    const silence = setTimeout(leave, answerWithinMs + 1_000)
    try {
      const client = await connection
      return await client.query(text, values)
    } catch (error) {
      const failure = operationError(error, config)
      if (failure instanceof DbsvcError) leave()
      throw failure
    } finally {
      clearTimeout(silence)
    }
  }
  return {
    query: query as pg.Client['query'],
    listen: (channel, onNews) => void listeners.set(channel, onNews),
    close: leave,
  }
}
