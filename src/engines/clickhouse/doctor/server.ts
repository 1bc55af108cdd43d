import type { StoreObservation } from '../../store.ts'
import { type Place, rows } from '../place.ts'

/** A look at one of the system tables. */
interface Look<Row> {
  readonly sql: string
  readonly toObservation: (row: Row) => StoreObservation
}

const look = <Row>(definition: Look<Row>): Look<Row> => definition

const disks = look<{ name: string; free: string; percent: number }>({
  sql: `SELECT name, formatReadableSize(free_space) AS free, floor(100 * free_space / total_space) AS percent
        FROM system.disks WHERE total_space > 0 AND free_space * 10 < total_space AND NOT is_remote`,
  toObservation: ({ name, free, percent }) => ({
    id: 'clickhouse-disk-low',
    severity: percent < 5 ? 'error' : 'warning',
    message: `disk ${name} of ClickHouse has ${free} left, ${percent} % of it`,
    means: 'merges need room for a copy of what they merge; without it they stop, and then inserts do',
    mend: null,
  }),
})

const mutations = look<{ table: string; command: string; reason: string; hours: number }>({
  sql: `SELECT concat(database, '.', table) AS table, substring(command, 1, 120) AS command, latest_fail_reason AS reason,
               dateDiff('hour', create_time, now()) AS hours
        FROM system.mutations WHERE NOT is_done AND NOT is_killed
        AND (latest_fail_reason != '' OR create_time < now() - INTERVAL 1 HOUR) ORDER BY create_time LIMIT 20`,
  toObservation: ({ table, command, reason, hours }) => ({
    id: 'clickhouse-mutation-stuck',
    severity: reason === '' ? 'warning' : 'error',
    message: `a mutation of ${table} is not done after ${hours} hours: ${command}${reason === '' ? '' : ` (${reason.slice(0, 200)})`}`,
    means: 'the mutations behind it wait too; a company that was dropped may still have rows',
    mend: null,
  }),
})

const replicas = look<{ table: string; state: string }>({
  sql: `SELECT concat(database, '.', table) AS table,
               multiIf(is_readonly, 'read-only', is_session_expired, 'without its keeper session',
                       concat(toString(absolute_delay), ' s behind')) AS state
        FROM system.replicas WHERE is_readonly OR is_session_expired OR absolute_delay > 300 ORDER BY table LIMIT 20`,
  toObservation: ({ table, state }) => ({
    id: 'clickhouse-replica-behind',
    severity: 'error',
    message: `the replica of ${table} is ${state}`,
    means: 'it takes no inserts, or answers with what is no longer so',
    mend: null,
  }),
})

const detachedParts = look<{ table: string; reason: string; parts: string }>({
  sql: `SELECT concat(database, '.', table) AS table, ifNull(reason, '') AS reason, toString(count()) AS parts
        FROM system.detached_parts WHERE reason LIKE '%broken%' OR reason LIKE 'unexpected%' OR reason LIKE 'noquorum%'
        GROUP BY table, reason ORDER BY table LIMIT 20`,
  toObservation: ({ table, reason, parts }) => ({
    id: 'clickhouse-detached-parts',
    severity: 'warning',
    message: `${table} has ${parts} parts that ClickHouse has put aside (${reason})`,
    means: 'their rows are not in the table any more',
    mend: null,
  }),
})

const manyParts = look<{ table: string; parts: string }>({
  sql: `SELECT concat(database, '.', table) AS table, toString(count()) AS parts FROM system.parts
        WHERE active AND NOT startsWith(database, 'system') GROUP BY database, table, partition_id
        HAVING count() > 300 ORDER BY count() DESC LIMIT 20`,
  toObservation: ({ table, parts }) => ({
    id: 'clickhouse-many-parts',
    severity: 'warning',
    message: `a partition of ${table} has ${parts} parts`,
    means: 'inserts come in pieces too small to merge; from 1,000 on they are slowed down, from 3,000 on refused',
    mend: null,
  }),
})

const asyncInsert = look<{ value: string }>({
  sql: `SELECT value FROM system.settings WHERE name = 'async_insert' AND value = '1'`,
  toObservation: () => ({
    id: 'clickhouse-async-insert',
    severity: 'info',
    message: 'async_insert is on where a client does not say otherwise',
    means: 'an insert of such a client with insert_deduplication_token is not deduplicated; dbsvc itself turns it off',
    mend: null,
  }),
})

/** Of the server itself, whoever uses it. */
export async function examineServer(place: Place): Promise<StoreObservation[]> {
  const found: StoreObservation[] = []
  const add = async <Row>({ sql, toObservation }: Look<Row>): Promise<void> => {
    // The server's own default, and not what dbsvc sends with its statements.
    found.push(...(await rows<Row>(place, sql, { settings: { async_insert: null } })).map(toObservation))
  }
  await add(disks)
  await add(mutations)
  await add(replicas)
  await add(detachedParts)
  await add(manyParts)
  await add(asyncInsert)
  return found
}
