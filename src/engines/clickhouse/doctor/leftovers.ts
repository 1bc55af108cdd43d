import type { StoreObservation } from '../../store.ts'
import { onClusterClause, type Place, rows, run } from '../place.ts'
import { quoteName } from '../sql/quote.ts'

/** Tables that dbsvc makes for a moment, and that stay behind when it is killed in it. */
export async function examineLeftovers(place: Place): Promise<StoreObservation[]> {
  const found = await rows<{ database: string; name: string }>(
    place,
    `SELECT database, name FROM system.tables WHERE match(name, '^dbsvc_(probe|doubt)_')
     AND metadata_modification_time < now() - INTERVAL 1 HOUR ORDER BY database, name LIMIT 100`,
  )
  return found.map(({ database, name }) => ({
    id: 'clickhouse-table-left',
    severity: 'info',
    message: `${database}.${name} was left behind by a dbsvc that was killed`,
    means: 'nothing needs it; it holds a secret that was made for a test, or nothing',
    mend: 'dbsvc doctor --fix',
    fix: () =>
      run(place, `DROP TABLE IF EXISTS ${quoteName(database)}.${quoteName(name)}${onClusterClause(place)} SYNC`),
  }))
}
