import type pg from 'pg'
import type { BatchOrigin, EngineWorker, HistoryPoint } from '../../engine.ts'
import { applicationName, connectAdmin, type PostgresConfig, placeOfCluster } from '../connection.ts'
import type { CompiledMigration, CompiledSql, Direction } from './compile.ts'
import { countFinished, explainFailure, type FailedStep } from './failure.ts'
import { runWithoutTransaction } from './non-transactional.ts'
import {
  type RenderSettings,
  renderErase,
  renderOpening,
  renderProtection,
  renderRecord,
  renderSearchPath,
  renderSettling,
} from './render.ts'

/** A connection that applies migrations in batches: one message, one transaction, many companies. */
export class PostgresWorker implements EngineWorker<CompiledMigration> {
  readonly #client: pg.Client
  readonly #settings: RenderSettings
  readonly #place: string

  private constructor(client: pg.Client, settings: RenderSettings, place: string) {
    this.#client = client
    this.#settings = settings
    this.#place = place
  }

  static async connect(config: PostgresConfig, settings: RenderSettings, command: string): Promise<PostgresWorker> {
    const client = await connectAdmin(config, applicationName(command))
    return new PostgresWorker(client, settings, placeOfCluster(config))
  }

  async apply(origin: BatchOrigin, migrations: readonly CompiledMigration[], prologue = ''): Promise<void> {
    const closing = renderRecord(origin, migrations, this.#settings)
    await this.#run(origin, migrations, 'up', prologue, closing)
  }

  async revert(origin: BatchOrigin, migration: CompiledMigration, previous: HistoryPoint): Promise<void> {
    await this.#run(origin, [migration], 'down', '', renderErase(origin, migration.name, previous))
  }

  async close(): Promise<void> {
    await this.#client.end()
  }

  async #run(
    origin: BatchOrigin,
    migrations: readonly CompiledMigration[],
    direction: Direction,
    prologue: string,
    closing: string,
  ): Promise<void> {
    const outside = migrations.find((migration) => migration.sql?.transaction === false)
    if (outside !== undefined && migrations.length === 1) {
      const position = { client: this.#client, settings: this.#settings, place: this.#place }
      for (const company of origin.companies) {
        await runWithoutTransaction(position, { ...origin, companies: [company] }, outside, direction, (single) =>
          direction === 'up' ? renderRecord(single, migrations, this.#settings) : closing,
        )
      }
      return
    }
    const rendered = migrations.every((migration) => migration.sql?.transaction === true)
    if (rendered && origin.companies.length > 1) await this.#sendBatch(origin, migrations, prologue, closing)
    else await this.#sendSteps(origin, migrations, prologue, closing)
  }

  /** The fast way: everything for every company in one message. What failed is found out by `#sendSteps`. */
  async #sendBatch(
    origin: BatchOrigin,
    migrations: readonly CompiledMigration[],
    prologue: string,
    closing: string,
  ): Promise<void> {
    const body = origin.companies.flatMap((company) =>
      migrations.flatMap(({ sql }) => {
        const steps = sql?.steps ?? []
        const alone = { ...origin, companies: [company] }
        // Each anew: a migration may have set it, for itself alone had it a transaction of its own.
        return [renderSearchPath(origin.scope, company, this.#settings), ...steps, renderSettling(alone, steps)]
      }),
    )
    const opening = renderOpening(origin, migrations, this.#settings)
    await this.#inTransaction(async () => {
      await this.#client.query(
        ['begin;', prologue, opening, ...body, renderProtection(origin), closing, 'commit;'].join('\n'),
      )
    })
  }

  /** Step by step, so that a failure has its place in the file. */
  async #sendSteps(
    origin: BatchOrigin,
    migrations: readonly CompiledMigration[],
    prologue: string,
    closing: string,
  ): Promise<void> {
    let step: FailedStep | undefined
    const send = async (migration: CompiledMigration, sql: string, own: boolean): Promise<void> => {
      step = { migration, sql: own ? null : sql, finished: 0 }
      await countFinished(this.#client, sql, step)
    }
    const last = migrations.at(-1)
    const first = migrations[0]
    if (first === undefined || last === undefined) {
      const opening = renderOpening(origin, [], this.#settings)
      await this.#inTransaction(async () => {
        await this.#client.query(['begin;', prologue, opening, closing, 'commit;'].join('\n'))
      })
      return
    }
    try {
      await this.#inTransaction(async () => {
        await send(first, `begin;\n${prologue}\n${renderOpening(origin, migrations, this.#settings)}`, true)
        for (const company of origin.companies) {
          for (const migration of migrations) {
            await send(migration, renderSearchPath(origin.scope, company, this.#settings), true)
            const { steps } = migration.sql ?? (await this.#build(migration))
            for (const sql of steps) await send(migration, sql, false)
            const settling = renderSettling({ ...origin, companies: [company] }, steps)
            if (settling !== '') await send(migration, settling, true)
          }
        }
        await send(last, renderProtection(origin), true)
        await send(last, `${closing}\ncommit;`, true)
      })
    } catch (error) {
      throw explainFailure(error, origin, step ?? { migration: first, sql: null, finished: 0 }, this.#place)
    }
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
