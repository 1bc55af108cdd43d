import type { EngineName } from '../../core/engine.ts'
import { digestHistory } from '../../core/migration/history.ts'
import type { Session } from '../session.ts'
import type { MigrationDriver } from './drivers/driver.ts'
import { driversFor } from './drivers/index.ts'
import type { Folders } from './folders.ts'
import type { UpRequest } from './pending.ts'

/** One engine and its migrations. */
export interface EngineFolders {
  readonly driver: MigrationDriver
  readonly folders: Folders
}

/** Where the folders of each engine lead, by digest. */
export type FolderDigests = Readonly<Partial<Record<EngineName, { readonly shared: string; readonly tenant: string }>>>

/** A version is one engine's: PostgreSQL's, unless another is named. */
export function readEngines(
  session: Session,
  { engine, to }: Pick<UpRequest, 'engine' | 'to'>,
): Promise<EngineFolders[]> {
  const drivers = driversFor(session.loaded, engine ?? (to === undefined ? undefined : 'postgres'))
  return Promise.all(drivers.map(async (driver) => ({ driver, folders: await driver.readFolders(session.project) })))
}

export const digestsOf = (engines: readonly EngineFolders[]): FolderDigests =>
  Object.fromEntries(
    engines.map(({ driver, folders }) => [
      driver.engine,
      { shared: digestHistory(folders.shared), tenant: digestHistory(folders.tenant) },
    ]),
  )
