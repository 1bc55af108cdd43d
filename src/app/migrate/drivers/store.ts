import type { Config } from '../../../config/schema.ts'
import type { MigrationFile } from '../../../core/migration/file.ts'
import { readPlaced } from '../../../engines/postgres/placement.ts'
import type { StoreEngine, StoreMigration } from '../../../engines/store.ts'
import { StoreWorker } from '../../stores/store-worker.ts'
import { readEngineFolders } from '../folders.ts'
import type { MigrationDriver } from './driver.ts'

/** Migrating a store: one target at a time on each worker, told to the ledger step by step. */
export function storeDriver(engine: StoreEngine, config: Config): MigrationDriver {
  const { name, capabilities, extensions } = engine
  return {
    engine: name,
    dispensable: true,
    readFolders: (project) => readEngineFolders(project, name, extensions),
    compile: (folder, wanted, direction) => engine.compile(folder, wanted, direction, config),
    describe: (migration) => ({
      sql: compiled(migration)
        .steps.map(({ text }) => text)
        .join('\n'),
      transaction: false,
    }),
    openCrew(session, targets) {
      const { client, stores } = session
      const opened = stores.open(engine)
      // Whoever waits for it is told; until then it is nobody's error.
      opened.catch(() => {})
      const stop = new AbortController()
      return {
        async ready(runId) {
          const store = await opened
          const work = { store, client, runId, signal: stop.signal, companies: () => readPlaced(client, name) }
          const count = Math.max(1, Math.min(capabilities.concurrency, targets))
          return {
            workers: Array.from({ length: count }, () => new StoreWorker(work)),
            limits: { targets: 1, durationMs: Number.POSITIVE_INFINITY, locks: Number.POSITIVE_INFINITY },
          }
        },
        async close() {
          stop.abort()
        },
      }
    },
    narrow: (_migration, crew) => crew,
    passing: () => undefined,
  }
}

/** Whatever this driver is asked about, it has compiled. */
const compiled = (migration: MigrationFile): StoreMigration => migration as StoreMigration
