import type { StoreFacts } from '../../store.ts'
import { databaseOf } from '../names.ts'
import { type Place, rows } from '../place.ts'

interface Found {
  readonly bytes: string
  readonly items: string
  /** Seconds since 1970; 0 where nothing was ever written. */
  readonly written: number
}

/** Of the company's own database; what it has in shared tables is not counted. */
export async function readFacts(place: Place, company: string): Promise<StoreFacts> {
  const database = databaseOf(company)
  const [found] = await rows<Found>(
    place,
    `SELECT toString(sum(bytes_on_disk)) AS bytes, toString(sum(rows)) AS items,
            toUnixTimestamp(max(modification_time)) AS written
     FROM system.parts WHERE active AND database = {database:String}`,
    { parameters: { database } },
  )
  const written = found?.written ?? 0
  return {
    place: `database ${database}`,
    sizeBytes: Number(found?.bytes ?? 0),
    items: Number(found?.items ?? 0),
    itemKind: 'rows',
    connections: place.hasAccessControl ? await countConnections(place, database) : null,
    lastActivityAt: written === 0 ? null : new Date(written * 1000).toISOString(),
  }
}

async function countConnections(place: Place, user: string): Promise<number> {
  const [found] = await rows<{ count: string }>(
    place,
    'SELECT toString(count()) AS count FROM system.processes WHERE user = {user:String}',
    { parameters: { user } },
  )
  return Number(found?.count ?? 0)
}
