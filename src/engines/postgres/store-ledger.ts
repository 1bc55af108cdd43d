import type pg from 'pg'
import type { AppliedMigration } from '../../core/migration/file.ts'
import { type BatchOrigin, type HistoryPoint, TargetsTaken } from '../engine.ts'
import { type ProgressKey, renderForget, renderProgress } from './migration/progress.ts'
import { clusterName, renderClaim, renderRecord, renderTakeBack } from './migration/render.ts'
import { takenTargets } from './migration/taken.ts'

// The locks of targets in stores: the first half is 'dbss'.
const targetKey = 0x64627373

/**
 * Keeps other runs off one target of a store, for as long as the session lives or until what it returns is called. Nothing is
 * waited for. @throws TargetsTaken when another run has the target, or has moved it
 */
export async function holdStoreTarget(client: pg.Client, origin: BatchOrigin): Promise<() => Promise<void>> {
  const { engine, scope, history } = origin
  const [company = ''] = origin.companies
  const name = `${engine} ${scope} ${company}`
  const { rows } = await client.query<{ held: boolean; history: string | null }>(
    `select pg_try_advisory_lock(${targetKey}, hashtext($1)) as held, (
       select history from dbsvc.targets where engine = $2 and cluster = $3 and scope = $4 and company_id = $5
     ) as history`,
    [name, engine, clusterName, scope, company],
  )
  if (rows[0]?.held !== true) throw new TargetsTaken({ busy: [company] })
  const release = async (): Promise<void> => {
    await client.query(`select pg_advisory_unlock(${targetKey}, hashtext($1))`, [name])
  }
  if (rows[0].history === history) return release
  await release()
  throw new TargetsTaken({ moved: [company] })
}

/** The statement that follows was begun; whether it ended is not known until the next mark. */
export async function markStoreStep(client: pg.Client, key: ProgressKey, done: number): Promise<void> {
  await client.query(renderProgress(key, { done, inDoubt: true }))
}

/** The statement was refused, so that nothing of it is in doubt. */
export async function unmarkStoreStep(client: pg.Client, key: ProgressKey, done: number): Promise<void> {
  await client.query(renderProgress(key, { done, inDoubt: false }))
}

/** Writes the migration into the ledger, and forgets how far it was. @throws TargetsTaken when the target has been moved */
export async function recordInStore(
  client: pg.Client,
  origin: BatchOrigin,
  migration: AppliedMigration,
  key: ProgressKey,
  runId: string | null,
): Promise<void> {
  await settle(client, [renderClaim(origin), renderRecord(origin, [migration], { runId }), renderForget(key)])
}

/** Takes the last migration out of the ledger. @throws TargetsTaken when the target has been moved */
export async function takeBackInStore(
  client: pg.Client,
  origin: BatchOrigin,
  previous: HistoryPoint,
  key: ProgressKey,
  runId: string | null,
): Promise<void> {
  await settle(client, [renderClaim(origin), renderTakeBack(origin, previous, { runId }), renderForget(key)])
}

/** One message without BEGIN is one transaction by itself, which others that share the session cannot come between. */
async function settle(client: pg.Client, statements: readonly string[]): Promise<void> {
  try {
    await client.query(statements.join('\n'))
  } catch (error) {
    throw takenTargets(error) ?? error
  }
}
