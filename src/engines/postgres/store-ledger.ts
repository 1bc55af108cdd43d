import pg from 'pg'
import type { AppliedMigration } from '../../core/migration/file.ts'
import { type BatchOrigin, type HistoryPoint, TargetsTaken } from '../engine.ts'
import { type Progress, type ProgressKey, renderForget, renderProgress } from './migration/progress.ts'
import { clusterName, renderClaim, renderRecord, renderTakeBack } from './migration/render.ts'
import { takenTargets } from './migration/taken.ts'

const { escapeLiteral: literal } = pg

// The locks of targets in stores: the first half is 'dbss'.
const targetKey = 0x64627373

/** A target of a store that nobody else works on meanwhile. */
export interface HeldTarget {
  /** How far a migration was when it was last cut off. */
  progressOf(key: ProgressKey): Progress
  release(): Promise<void>
}

interface ProgressRow extends Progress {
  readonly name: string
  readonly direction: string
  readonly checksum: string
}

/**
 * Keeps other runs off one target of a store, for as long as the session lives or until it is released. Nothing is waited for.
 * @throws TargetsTaken when another run has the target, or has moved it
 */
export async function holdStoreTarget(client: pg.Client, origin: BatchOrigin): Promise<HeldTarget> {
  const { engine, scope, history } = origin
  const [company = ''] = origin.companies
  const key = `${targetKey}, hashtext(${literal(`${engine} ${scope} ${company}`)})`
  const isTarget = `(engine, cluster, scope, company_id) = (${[engine, clusterName, scope, company].map(literal).join(', ')})`
  // Two statements: what another run has committed before it let go must be seen by the second.
  const results = (await client.query(
    `select pg_try_advisory_lock(${key}) as held;
     select (select history from dbsvc.targets where ${isTarget}) as history, (
       select coalesce(jsonb_agg(jsonb_build_object('name', name, 'direction', direction, 'checksum', checksum,
         'done', statements_done, 'inDoubt', in_doubt)), '[]')
       from dbsvc.progress where ${isTarget}
     ) as progress`,
  )) as unknown as [
    pg.QueryResult<{ held: boolean }>,
    pg.QueryResult<{ history: string | null; progress: ProgressRow[] }>,
  ]
  const [lock, standing] = results
  if (lock.rows[0]?.held !== true) throw new TargetsTaken({ busy: [company] })
  const release = async (): Promise<void> => {
    await client.query(`select pg_advisory_unlock(${key})`)
  }
  if (standing.rows[0]?.history !== history) {
    await release()
    throw new TargetsTaken({ moved: [company] })
  }
  const { progress } = standing.rows[0]
  return {
    progressOf: (key) => progress.find((row) => isOf(row, key)) ?? { done: 0, inDoubt: false },
    release,
  }
}

/** Progress made under another text of the file counts for nothing. */
const isOf = (row: ProgressRow, key: ProgressKey): boolean =>
  row.name === key.name && row.direction === key.direction && row.checksum === key.checksum

/** What is written into the ledger, in one transaction. */
export class LedgerEntry {
  readonly #statements: string[] = []

  /** The step that follows was begun; whether it ended is not known until the next entry. */
  begin(key: ProgressKey, done: number): this {
    return this.#add(renderProgress(key, { done, inDoubt: true }))
  }

  /** The step was refused, so that nothing of it is in doubt. */
  refuse(key: ProgressKey, done: number): this {
    return this.#add(renderProgress(key, { done, inDoubt: false }))
  }

  /** The migration is applied, and how far it was is forgotten. */
  record(origin: BatchOrigin, migration: AppliedMigration, key: ProgressKey, runId: string | null): this {
    return this.#add(renderClaim(origin), renderRecord(origin, [migration], { runId }), renderForget(key))
  }

  /** The last migration is undone, and how far that was is forgotten. */
  takeBack(origin: BatchOrigin, previous: HistoryPoint, key: ProgressKey, runId: string | null): this {
    return this.#add(renderClaim(origin), renderTakeBack(origin, previous, { runId }), renderForget(key))
  }

  /**
   * Several statements in one message without BEGIN are one transaction, which others that share the session cannot come between.
   * @throws TargetsTaken when the target has been moved
   */
  async write(client: pg.Client): Promise<void> {
    try {
      await client.query(this.#statements.join('\n'))
    } catch (error) {
      throw takenTargets(error) ?? error
    }
  }

  #add(...statements: readonly string[]): this {
    this.#statements.push(...statements)
    return this
  }
}
