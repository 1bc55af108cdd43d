import type pg from 'pg'
import type { BatchOrigin } from '../../engine.ts'
import type { CompiledMigration, Direction } from './compile.ts'
import { explainFailure, type FailedStep } from './failure.ts'
import { clusterName, type RenderSettings, renderOpening, renderProtection, renderSearchPath } from './render.ts'

export interface WorkPlace {
  readonly client: pg.Client
  readonly settings: RenderSettings
  readonly place: string
}

/**
 * Runs a `pgm.noTransaction()` migration on one target. The ledger keeps which statements are done, each right after it, so a
 * killed run goes on where it stopped; the one statement that was under way then runs again.
 */
export async function runWithoutTransaction(
  { client, settings, place }: WorkPlace,
  origin: BatchOrigin,
  migration: CompiledMigration,
  direction: Direction,
  renderClosing: (origin: BatchOrigin) => string,
): Promise<void> {
  const [company = ''] = origin.companies
  const key = ['postgres', clusterName, origin.scope, company, migration.name, direction]
  let step: FailedStep = { migration, sql: null }
  try {
    const done = await statementsDone(client, key, migration.checksum)
    const sessionPath = renderSearchPath(origin.scope, company, settings).replace('set local', 'set')
    for (const [index, sql] of (migration.sql?.steps ?? []).entries()) {
      if (index < done) continue
      step = { migration, sql }
      await client.query(`set role dbsvc_owner; ${sessionPath} set lock_timeout = ${settings.lockTimeoutMs}`)
      await client.query(sql)
      step = { migration, sql: null }
      await client.query('reset role; reset search_path; reset lock_timeout')
      await client.query(
        `insert into dbsvc.progress (engine, cluster, scope, company_id, name, direction, checksum, statements_done)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (engine, cluster, scope, company_id, name, direction)
         do update set checksum = excluded.checksum, statements_done = excluded.statements_done, updated_at = clock_timestamp()`,
        [...key, migration.checksum, index + 1],
      )
    }
    await client.query(
      [
        'begin;',
        renderOpening(origin, direction === 'up' ? [migration] : [], settings),
        renderProtection(origin),
        renderClosing(origin),
      ].join('\n'),
    )
    await client.query(
      `delete from dbsvc.progress
       where engine = $1 and cluster = $2 and scope = $3 and company_id = $4 and name = $5 and direction = $6`,
      key,
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    await client.query('reset role; reset search_path; reset lock_timeout').catch(() => {})
    throw explainFailure(error, origin, step, place)
  }
}

/** Progress made under another text of the file counts for nothing. */
async function statementsDone(client: pg.Client, key: readonly string[], checksum: string): Promise<number> {
  const { rows } = await client.query<{ statements_done: number }>(
    `select statements_done from dbsvc.progress
     where engine = $1 and cluster = $2 and scope = $3 and company_id = $4 and name = $5 and direction = $6 and checksum = $7`,
    [...key, checksum],
  )
  return rows[0]?.statements_done ?? 0
}
