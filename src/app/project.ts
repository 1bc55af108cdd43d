import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { LoadedConfig } from '../config/load.ts'
import { sealingKeys } from '../config/secrets/keys.ts'
import { type SealedStore, sealedStore } from '../config/secrets/sealed.ts'
import { openSecretStore } from '../config/secrets/store.ts'
import { shippedPath } from '../shipped.ts'

/** The places on this machine that a configuration points at; paths are absolute. */
export interface Project {
  /** Holds `<engine>/<scope>/`. */
  readonly migrations: string
  /** True where the project has no migrations of its own, so those that ship with dbsvc are used. */
  readonly shippedMigrations: boolean
  readonly secrets: string
  /** What is in `secrets`, sealed where a key is configured. */
  readonly secretStore: SealedStore
}

/** Only an unset `migrations.directory` falls back to the schema that ships: a folder that was named must be there. */
export function locateProject(loaded: LoadedConfig): Project {
  const own = resolve(loaded.root, loaded.config.migrations.directory)
  const unset = loaded.origins.get('migrations.directory')?.kind === 'default'
  const shipped = unset && !existsSync(own)
  const secrets = resolve(loaded.root, loaded.config.secrets.directory)
  return {
    migrations: shipped ? shippedPath('migrations') : own,
    shippedMigrations: shipped,
    secrets,
    secretStore: sealedStore(openSecretStore(secrets), sealingKeys(loaded.config.secrets, loaded.root)),
  }
}

export const migrationFolder = (project: Project, engine: string, scope: string): string =>
  join(project.migrations, engine, scope)
