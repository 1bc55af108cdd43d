import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { createChdbConnection } from 'chdb/connection'

/** Asked by a client of its own, while no dbsvc has the folder. */
export const askChdb = <Row>(path: string, query: string): Promise<Row[]> =>
  withClient(path, async (client) => (await client.query({ query, format: 'JSONEachRow' })).json<Row>())

export const commandChdb = (path: string, query: string): Promise<void> =>
  withClient(path, async (client) => void (await client.command({ query })))

async function withClient<Result>(path: string, use: (client: ClickHouseClient) => Promise<Result>): Promise<Result> {
  // chDB's connection is made for another copy of the client's types.
  const client = createClient({ connection: createChdbConnection({ path }) as never })
  return use(client).finally(() => client.close())
}
