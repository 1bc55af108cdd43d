import pg from 'pg'
import { type BatchOrigin, TargetsTaken, targetName } from '../../engine.ts'
import { isConnectionLoss } from '../connection.ts'
import type { CompiledMigration, Direction } from './compile.ts'
import { countFinished, explainFailure, type FailedStep } from './failure.ts'
import { lockTarget } from './lock.ts'
import { type ProgressKey, readProgress, renderForget, renderProgress } from './progress.ts'
import { clusterName, type RenderSettings, renderOpening, renderProtection, renderSearchPath } from './render.ts'
import { takenTargets } from './taken.ts'

export interface WorkPlace {
  readonly client: pg.Client
  readonly settings: RenderSettings
  readonly place: string
}

/**
 * Runs a `pgm.noTransaction()` migration on one target. A statement that can run in a transaction has one of its own, together
 * with the protection of what it made and with the record that it is done. Of the others the record says that one was begun, so
 * that a run after a crash knows which one may be done already.
 */
export async function runWithoutTransaction(
  work: WorkPlace,
  origin: BatchOrigin,
  migration: CompiledMigration,
  direction: Direction,
  renderClosing: (origin: BatchOrigin) => string,
): Promise<void> {
  const { client, settings, place } = work
  const [company = ''] = origin.companies
  const { name, checksum } = migration
  const key: ProgressKey = { engine: 'postgres', scope: origin.scope, company, name, direction, checksum }
  const opening = renderOpening(origin, direction === 'up' ? [migration] : [], settings)
  const unlock = await lockTarget(client, targetName(origin.scope, company))
  let step: FailedStep = { migration, sql: null, finished: 0 }
  const send = async (sql: string): Promise<void> => {
    step = { migration, sql, finished: 0 }
    await countFinished(client, sql, step)
    step = { migration, sql: null, finished: 0 }
  }
  try {
    await requireUnmoved(client, origin)
    const progress = await readProgress(client, key)
    for (const [index, statements] of groupTransactions(migration.sql?.steps ?? []).entries()) {
      if (index < progress.done) continue
      const closing = [
        renderProtection(origin),
        'reset role;',
        renderProgress(key, { done: index + 1, inDoubt: false }),
        'commit;',
      ].join('\n')
      const begin = ['begin;', opening, renderSearchPath(origin.scope, company, settings)].join('\n')
      const inDoubt = progress.inDoubt && index === progress.done
      if (!inDoubt && (await runInside(client, begin, statements, closing, send))) continue
      await client.query(renderProgress(key, { done: index, inDoubt: true }))
      const sessionPath = renderSearchPath(origin.scope, company, settings).replace('set local', 'set')
      await client.query(
        `set role dbsvc_owner; ${sessionPath} set lock_timeout = ${settings.lockTimeoutMs}; set dbsvc.migrating = '${origin.scope}'`,
      )
      for (const sql of statements) {
        await dropInvalidIndex(client, sql)
        await send(sql).catch(async (error: unknown) => {
          if (inDoubt && isDoneAlready(error)) return
          await client.query('reset role')
          // The server has said what became of it.
          if (!isConnectionLoss(error)) await client.query(renderProgress(key, { done: index, inDoubt: false }))
          throw error
        })
      }
      await client.query('reset role; reset search_path; reset lock_timeout; reset dbsvc.migrating')
      await client.query(['begin;', opening, closing].join('\n'))
    }
    await client.query(
      ['begin;', opening, renderProtection(origin), renderClosing(origin), renderForget(key), 'commit;'].join('\n'),
    )
  } catch (error) {
    await client.query('rollback').catch(() => {})
    await client.query('reset role; reset search_path; reset lock_timeout; reset dbsvc.migrating').catch(() => {})
    if (error instanceof TargetsTaken) throw error
    throw takenTargets(error) ?? explainFailure(error, origin, step, place)
  } finally {
    await unlock().catch(() => {})
  }
}

/** Returns false, with nothing done, when PostgreSQL says that these cannot run in a transaction. */
async function runInside(
  client: pg.Client,
  begin: string,
  statements: readonly string[],
  closing: string,
  send: (sql: string) => Promise<void>,
): Promise<boolean> {
  await client.query(begin)
  try {
    for (const sql of statements) await send(sql)
  } catch (error) {
    await client.query('rollback')
    // 25001: CREATE INDEX CONCURRENTLY and its like; 2D000: a procedure that commits.
    if (error instanceof pg.DatabaseError && ['25001', '2D000'].includes(error.code ?? '')) return false
    throw error
  }
  await client.query(closing)
  return true
}

/** Statements between a BEGIN and a COMMIT of the migration's own belong together, and need neither: they get a transaction anyway. */
function groupTransactions(steps: readonly string[]): string[][] {
  const groups: string[][] = []
  let open: string[] | undefined
  for (const step of steps) {
    if (/^\s*(begin|start\s+transaction)\b[^;]*;\s*$/i.test(step)) open = []
    else if (open !== undefined && /^\s*(commit|end)\b[^;]*;\s*$/i.test(step)) {
      groups.push(open)
      open = undefined
    } else if (open !== undefined) open.push(step)
    else groups.push([step])
  }
  if (open !== undefined) groups.push(open)
  return groups
}

/** Statements run before the ledger is claimed, so that claim comes too late to refuse. */
async function requireUnmoved(client: pg.Client, { scope, companies, history }: BatchOrigin): Promise<void> {
  const [company = ''] = companies
  const { rows } = await client.query<{ history: string }>(
    `select history from dbsvc.targets where engine = 'postgres' and cluster = $1 and scope = $2 and company_id = $3`,
    [clusterName, scope, company],
  )
  if (rows[0]?.history !== history) throw new TargetsTaken({ moved: [company] })
}

// What a statement says that was done before the crash: the index to be made is there, the one to be dropped is not.
const isDoneAlready = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && ['42P07', '42710', '42704', '42P04', '3D000'].includes(error.code ?? '')

const indexName =
  /\bcreate\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?((?:"(?:[^"]|"")+"|[\w$]+))\s+on\b/i

/** A CREATE INDEX CONCURRENTLY that failed or was cut off leaves an index that no query uses, in the way of the next attempt. */
async function dropInvalidIndex(client: pg.Client, sql: string): Promise<void> {
  const name = indexName.exec(sql)?.[1]
  if (name === undefined) return
  const { rows } = await client.query<{ place: string }>(
    'select indexrelid::regclass::text as place from pg_index where indexrelid = to_regclass($1) and not indisvalid',
    [name],
  )
  for (const { place } of rows) await client.query(`drop index concurrently ${place}`)
}
