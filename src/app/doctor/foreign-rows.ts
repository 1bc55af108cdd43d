import pg from 'pg'
import { reachableRelations } from '../../engines/postgres/company/relations.ts'
import type { ContextPool } from '../../engines/postgres/context/pool.ts'
import { readBystander, readUnprotected } from '../../engines/postgres/doctor/bystander.ts'
import type { Session } from '../session.ts'

export interface ForeignRows {
  /** Tables and views in which a company sees rows that are not its own. */
  readonly seen: readonly string[]
  /** Those where looking took too long. */
  readonly unknown: readonly string[]
}

const limits = { statementTimeoutMs: 500, lockTimeoutMs: 500, workMemKb: 4_096, parallelWorkers: 0 }
/** Statement and lock timeout. */
const timeouts = ['57014', '55P03']

/** Has a company look for rows of others in all that is shared, and in the tables of one company that is there. */
export async function findForeignRows(
  { client }: Session,
  pool: Pick<ContextPool, 'query'>,
  company: string,
): Promise<ForeignRows> {
  const bystander = await readBystander(client)
  const unprotected = await readUnprotected(client)
  const seen: string[] = []
  const unknown: string[] = []
  for (const { schema, name, shared } of await reachableRelations(client, bystander === null ? [] : [bystander])) {
    if (shared && unprotected.includes(name)) continue
    const place = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`
    const text = `select exists (select from ${place}${shared ? ' where company_id <> $1' : ''}) as foreign`
    try {
      const { rows } = await pool.query<{ foreign: boolean }>(
        { company, user: null, service: 'dbsvc doctor', limits, mode: 'read' },
        { text, values: shared ? [company] : [] },
      )
      if (rows[0]?.foreign === true) seen.push(place)
    } catch (error) {
      // Refused is as good as empty.
      if (error instanceof pg.DatabaseError && timeouts.includes(error.code ?? '')) unknown.push(place)
    }
  }
  return { seen, unknown }
}
