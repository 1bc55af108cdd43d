import type { WeaviateClient } from 'weaviate-client'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import type { MigrationFile } from '../../../core/migration/file.ts'
import type { Rebuild } from './copy-pass.ts'
import { rebuildClass } from './rebuild.ts'
import type { ModuleWork } from './step.ts'

/**
 * What the functions of a `.ts` or `.js` migration are given. They run as one step: after a crash the whole function runs again, so
 * it must do no harm when some of it has been done.
 *
 * @example
 * export const up = async ({ client, tenant }: WeaviateMigration) => {
 *   await client.collections.use('TradingPatterns').withTenant(tenant).data.deleteMany(…)
 * }
 */
export interface WeaviateMigration {
  readonly client: WeaviateClient
  /** The company's tenant; '' in a migration of the shared scope. */
  readonly tenant: string
  /** Companies that have a place here. */
  readonly companies: () => Promise<readonly string[]>
  /** Replaces a class under its alias, with its objects. */
  readonly rebuildClass: (rebuild: Rebuild) => Promise<void>
  /** Aborts when the run is given up. */
  readonly signal: AbortSignal
}

type Action = (migration: WeaviateMigration) => unknown

interface MigrationModule {
  readonly up?: Action
  readonly down?: Action | false
}

/** @throws DBS-1302 a file that cannot be loaded, DBS-1303 a way down that does not exist */
export async function loadModule(file: MigrationFile, direction: 'up' | 'down'): Promise<ModuleWork> {
  const action = actionOf(file, await load(file), direction)
  return {
    type: 'module',
    file: file.path,
    async run({ connection, target, companies, signal }) {
      await action({
        client: connection.client,
        tenant: target.company,
        companies,
        rebuildClass: (rebuild) => rebuildClass(rebuild, { connection, companies, signal }),
        signal,
      })
    },
  }
}

/** Whether it exports a way down. @throws DBS-1302 a file that cannot be loaded */
export async function hasWayDown(file: MigrationFile): Promise<boolean> {
  return typeof (await load(file)).down === 'function'
}

async function load(file: MigrationFile): Promise<MigrationModule> {
  try {
    const { jiti } = await import('node-pg-migrate')
    return await jiti.import<MigrationModule>(file.path)
  } catch (error) {
    throw DbsvcError.of('DBS-1302', { file: file.path, reason: reasonOf(error) }, error)
  }
}

function actionOf(file: MigrationFile, module: MigrationModule, direction: 'up' | 'down'): Action {
  const action = module[direction]
  if (typeof action === 'function') return action
  if (direction === 'down') throw DbsvcError.of('DBS-1303', { file: file.path })
  throw DbsvcError.of('DBS-1302', { file: file.path, reason: 'it does not export a function up' })
}
