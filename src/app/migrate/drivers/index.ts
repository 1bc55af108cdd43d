import type { LoadedConfig } from '../../../config/load.ts'
import type { EngineName } from '../../../core/engine.ts'
import { storeEngines } from '../../../engines/registry.ts'
import type { MigrationDriver } from './driver.ts'
import { postgresDriver } from './postgres.ts'
import { storeDriver } from './store.ts'

/** Drivers of the engines that the configuration names, PostgreSQL first; or of one of them. */
export function driversFor({ config }: LoadedConfig, engine?: EngineName): readonly MigrationDriver[] {
  const stores = storeEngines
    .filter((store) => store.placeIn(config) !== null)
    .map((store) => storeDriver(store, config))
  return [postgresDriver, ...stores].filter((driver) => engine === undefined || driver.engine === engine)
}
