import type { StoreFacts } from '../../store.ts'
import type { Connection } from '../connection.ts'
import { countObjects } from './count.ts'

/** Weaviate counts no bytes and no sessions of a tenant, and keeps no time of its last use. */
export async function readFacts(connection: Connection, company: string): Promise<StoreFacts> {
  const { objects, unread } = await countObjects(connection, company)
  return {
    place: `tenant ${company}`,
    sizeBytes: null,
    items: unread.length === 0 ? objects : null,
    itemKind: 'objects',
    connections: null,
    lastActivityAt: null,
  }
}
