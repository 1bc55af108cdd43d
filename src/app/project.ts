import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { LoadedConfig } from '../config/load.ts'
import { shippedPath } from '../shipped.ts'

/** The places on this machine that a configuration points at; all absolute. */
export interface Project {
  /** Holds `<engine>/<scope>/`. */
  readonly migrations: string
  /** True where the project has no migrations of its own, so those that ship with dbsvc are used. */
  readonly shippedMigrations: boolean
  readonly secrets: string
}

/** Only an unset `migrations.directory` falls back to the schema that ships: a folder that was named must be there. */
export function locateProject(loaded: LoadedConfig): Project {
  const own = resolve(loaded.root, loaded.config.migrations.directory)
  const unset = loaded.origins.get('migrations.directory')?.kind === 'default'
  const shipped = unset && !existsSync(own)
  return {
    migrations: shipped ? shippedPath('migrations') : own,
    shippedMigrations: shipped,
    secrets: resolve(loaded.root, loaded.config.secrets.directory),
  }
}

export const migrationFolder = (project: Project, engine: string, scope: string): string =>
  join(project.migrations, engine, scope)
