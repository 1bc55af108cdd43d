import { readFile } from 'node:fs/promises'
import { readEngineFolders } from '../app/migrate/folders.ts'
import type { Project } from '../app/project.ts'
import type { Config } from '../config/schema.ts'
import type { EngineName } from '../core/engine.ts'
import type { TableHomes } from '../core/routing/route.ts'
import { tableHomes } from '../core/routing/table-homes.ts'
import { storeEngines } from '../engines/registry.ts'

/** Which tables are of one configured engine alone, read from the project's migrations. @throws DBS-1301 */
export async function readTableHomes(project: Project, config: Config): Promise<TableHomes> {
  const stores = storeEngines.filter((store) => store.capabilities.migrations && store.placeIn(config) !== null)
  // With PostgreSQL alone there is nothing to choose.
  if (stores.length === 0) return new Map()
  const texts = async (engine: EngineName, extensions?: readonly string[]) => {
    const { shared, tenant } = await readEngineFolders(project, engine, extensions)
    return Promise.all([...shared, ...tenant].map(({ path }) => readFile(path, 'utf8')))
  }
  const read = [
    ['postgres', await texts('postgres')] as const,
    ...(await Promise.all(stores.map(async ({ name, extensions }) => [name, await texts(name, extensions)] as const))),
  ]
  return tableHomes(new Map(read))
}
