import type pg from 'pg'
import type { BatchOrigin, BatchOutcome, EngineWorker, HistoryPoint } from '../../engine.ts'
import { backendKeyOf, requestCancel } from '../cancel.ts'
import { applicationName, connectAdmin, type PostgresConfig, placeOfCluster, sslOf } from '../connection.ts'
import type { CompiledMigration, CompiledSql, Direction } from './compile.ts'
import { countFinished, explainFailure, type FailedStep } from './failure.ts'
import { runWithoutTransaction } from './non-transactional.ts'
import { HeldTooLong } from './passing.ts'
import {
  type RenderSettings,
  renderErase,
  renderOpening,
  renderProtection,
  renderRecord,
  renderSearchPath,
  renderSettling,
} from './render.ts'
import { takenTargets } from './taken.ts'

export interface WorkerSettings extends RenderSettings {
  /** How long a batch of several may hold its locks. */
  readonly lockHoldMs: number
}

/** What a worker works on. */
export interface Assignment {
  /** Recorded with what is applied; null for what is no run. */
  readonly runId: string | null
  /** Whether the connected user may look at pg_locks. */
  readonly countsLocks: boolean
}

/** One batch as it is sent. */
interface Batch {
  readonly origin: BatchOrigin
  readonly migrations: readonly CompiledMigration[]
  readonly direction: Direction
  readonly prologue: string
  readonly closing: string
  readonly settings: RenderSettings
}

// A session keeps the catalogue entries of every table it has touched: some 14 MB for 500 companies with the shipped schema.
const companiesPerSession = 1_000
const cancelPatienceMs = 5_000

const countLocks = 'select count(*)::integer as locks from pg_catalog.pg_locks where pid = pg_backend_pid()'

/** A connection that applies migrations in batches: one message, one transaction, many companies. */
export class PostgresWorker implements EngineWorker<CompiledMigration> {
  readonly #config: PostgresConfig
  #settings: WorkerSettings
  #countsLocks = false
  readonly #command: string
  #client: pg.Client
  #served = 0
  #busySince: number | undefined

  private constructor(config: PostgresConfig, settings: WorkerSettings, command: string, client: pg.Client) {
    this.#config = config
    this.#settings = settings
    this.#command = command
    this.#client = client
  }

  static async connect(config: PostgresConfig, settings: WorkerSettings, command: string): Promise<PostgresWorker> {
    const client = await connectAdmin(config, applicationName(command))
    return new PostgresWorker(config, settings, command, client)
  }

  begin({ runId, countsLocks }: Assignment): void {
    this.#settings = { ...this.#settings, runId }
    this.#countsLocks = countsLocks
  }

  /** The session's process on the server, and since when it has been at work on a batch, by performance.now(). */
  get activity(): { readonly backendPid: number; readonly busySince: number | undefined } {
    return { backendPid: backendKeyOf(this.#client).processId, busySince: this.#busySince }
  }

  async apply(origin: BatchOrigin, migrations: readonly CompiledMigration[], prologue = ''): Promise<BatchOutcome> {
    const closing = renderRecord(origin, migrations, this.#settings)
    return this.#run({ origin, migrations, direction: 'up', prologue, closing, settings: this.#limits(migrations) })
  }

  async revert(origin: BatchOrigin, migration: CompiledMigration, previous: HistoryPoint): Promise<BatchOutcome> {
    const closing = renderErase(origin, migration.name, previous, this.#settings)
    const settings = this.#limits([migration])
    return this.#run({ origin, migrations: [migration], direction: 'down', prologue: '', closing, settings })
  }

  async close(): Promise<void> {
    await this.#client.end()
  }

  /** The most patient of several files counts: they share a transaction. */
  #limits(migrations: readonly CompiledMigration[]): RenderSettings {
    const { lockTimeoutMs, statementTimeoutMs } = this.#settings
    const own = migrations.map(({ timeouts }) => timeouts)
    return {
      ...this.#settings,
      lockTimeoutMs: Math.max(...own.map((one) => one.lockTimeoutMs ?? lockTimeoutMs), 1),
      statementTimeoutMs: own.some((one) => (one.statementTimeoutMs ?? statementTimeoutMs) === 0)
        ? 0
        : Math.max(...own.map((one) => one.statementTimeoutMs ?? statementTimeoutMs), 0),
    }
  }

  async #run(batch: Batch): Promise<BatchOutcome> {
    const { companies } = batch.origin
    await this.#renew(companies.length)
    const started = performance.now()
    this.#busySince = started
    try {
      const locks = await this.#send(batch)
      return { locks, durationMs: performance.now() - started }
    } catch (error) {
      throw takenTargets(error) ?? error
    } finally {
      this.#busySince = undefined
    }
  }

  async #renew(companies: number): Promise<void> {
    this.#served += companies
    if (this.#served <= companiesPerSession) return
    const next = await connectAdmin(this.#config, applicationName(this.#command))
    await this.#client.end().catch(() => {})
    this.#client = next
    this.#served = companies
  }

  /** @returns the locks it took, null where they were not counted */
  async #send(batch: Batch): Promise<number | null> {
    const { origin, migrations, direction, closing, settings } = batch
    const outside = migrations.find((migration) => migration.sql?.transaction === false)
    if (outside !== undefined && migrations.length === 1) {
      const position = { client: this.#client, settings, place: placeOfCluster(this.#config) }
      for (const company of origin.companies) {
        await runWithoutTransaction(position, { ...origin, companies: [company] }, outside, direction, (single) =>
          direction === 'up' ? renderRecord(single, migrations, this.#settings) : closing,
        )
      }
      return null
    }
    const rendered = migrations.every((migration) => migration.sql?.transaction === true)
    return rendered && origin.companies.length > 1 ? this.#sendBatch(batch) : this.#sendSteps(batch)
  }

  /** The fast way: everything for every company in one message. What failed is found out by `#sendSteps`. */
  async #sendBatch({ origin, migrations, prologue, closing, settings }: Batch): Promise<null> {
    const body = origin.companies.flatMap((company) =>
      migrations.flatMap(({ sql }) => {
        const steps = sql?.steps ?? []
        const alone = { ...origin, companies: [company] }
        // Each anew: a migration may have set it, for itself alone had it a transaction of its own.
        return [renderSearchPath(origin.scope, company, settings), ...steps, renderSettling(alone, steps)]
      }),
    )
    // While one company's table is waited for, the tables of those before it are locked.
    const lockTimeoutMs = Math.max(1, Math.min(settings.lockTimeoutMs, Math.floor(this.#settings.lockHoldMs / 4)))
    const opening = renderOpening(origin, migrations, { ...settings, lockTimeoutMs })
    const message = ['begin;', prologue, opening, ...body, renderProtection(origin), closing, 'commit;'].join('\n')
    await this.#inTransaction(() => this.#withinHold(() => this.#client.query(message)))
    return null
  }

  /** Cancels what holds its locks for longer than it may. PostgreSQL's own limits count each statement, or end the session. */
  async #withinHold(work: () => Promise<unknown>): Promise<void> {
    const { lockHoldMs } = this.#settings
    let cancelled: Promise<boolean> | undefined
    const timer = setTimeout(() => {
      cancelled = this.#cancel()
    }, lockHoldMs)
    try {
      await work()
    } catch (error) {
      throw cancelled === undefined ? error : new HeldTooLong(lockHoldMs, error)
    } finally {
      clearTimeout(timer)
      // A request still under way could hit the next batch.
      await cancelled
    }
  }

  async #cancel(): Promise<boolean> {
    const { host, port } = this.#config
    const ssl = await sslOf(this.#config)
    return requestCancel({ host, port, ssl, ...backendKeyOf(this.#client) }, cancelPatienceMs)
  }

  /** Step by step, so that a failure has its place in the file. */
  async #sendSteps({ origin, migrations, prologue, closing, settings }: Batch): Promise<number | null> {
    let step: FailedStep | undefined
    const send = async (migration: CompiledMigration, sql: string, own: boolean): Promise<void> => {
      step = { migration, sql: own ? null : sql, finished: 0 }
      await countFinished(this.#client, sql, step)
    }
    const last = migrations.at(-1)
    const first = migrations[0]
    if (first === undefined || last === undefined) {
      const opening = renderOpening(origin, [], settings)
      await this.#inTransaction(async () => {
        await this.#client.query(['begin;', prologue, opening, closing, 'commit;'].join('\n'))
      })
      return null
    }
    let locks: number | null = null
    try {
      await this.#inTransaction(async () => {
        await send(first, `begin;\n${prologue}\n${renderOpening(origin, migrations, settings)}`, true)
        for (const company of origin.companies) {
          for (const migration of migrations) {
            await send(migration, renderSearchPath(origin.scope, company, settings), true)
            const { steps } = migration.sql ?? (await this.#build(migration))
            for (const sql of steps) await send(migration, sql, false)
            const settling = renderSettling({ ...origin, companies: [company] }, steps)
            if (settling !== '') await send(migration, settling, true)
          }
        }
        await send(last, renderProtection(origin), true)
        await send(last, closing, true)
        if (this.#countsLocks) {
          locks = (await this.#client.query<{ locks: number }>(countLocks)).rows[0]?.locks ?? null
        }
        await send(last, 'commit;', true)
      })
    } catch (error) {
      throw (
        takenTargets(error) ??
        explainFailure(
          error,
          origin,
          step ?? { migration: first, sql: null, finished: 0 },
          placeOfCluster(this.#config),
        )
      )
    }
    return locks
  }

  async #build(migration: CompiledMigration): Promise<CompiledSql> {
    return migration.buildFor((sql, values) => this.#client.query(sql, values))
  }

  async #inTransaction(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      // A migration's error is what matters, also when the connection is gone and this fails too.
      await this.#client.query('rollback').catch(() => {})
      throw error
    }
  }
}
