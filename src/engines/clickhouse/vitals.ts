import type { EngineVitals } from '../vitals.ts'
import { type Place, rows } from './place.ts'

/** Queries that run, but for this one; what all parts take on the disk, in 10^9 bytes. */
export async function readVitals(place: Place): Promise<EngineVitals> {
  const [row] = await rows<{ queries: string | number; bytes: string | number }>(
    place,
    `select (select countIf(query_id != queryID()) from system.processes) as queries,
       (select sum(bytes_on_disk) from system.parts) as bytes`,
  )
  return { active_queries: Number(row?.queries), disk_usage_gb: Number(row?.bytes) / 1e9 }
}
