import type { StoreHealth } from '../store.ts'
import type { Connection } from './connection.ts'

/** What isolation rests on here, said wherever the server is looked at. */
const lacks = [
  'a user of its own for each company: dbsvc sets the tenant of every request, and whoever has its API key reaches all tenants',
  'a limit on objects: dbsvc counts them',
]

/** Asks anew, so that a server that has been upgraded meanwhile is told. */
export async function readHealth({ client }: Connection): Promise<StoreHealth> {
  const { version } = await client.getMeta()
  return { version: String(version), kind: null, lacks, separates: false }
}
