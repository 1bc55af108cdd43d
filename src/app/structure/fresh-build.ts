import type { MigrationFile } from '../../core/migration/file.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import type { Structure } from '../../core/structure/object.ts'
import { compileMigrations } from '../../engines/postgres/migration/compile.ts'
import {
  type Dependency,
  readDependencies,
  readFingerprints,
  readStructure,
} from '../../engines/postgres/structure/read.ts'
import { readFilledTables } from '../../engines/postgres/structure/rows.ts'
import { buildScratch } from '../../engines/postgres/structure/scratch.ts'
import { renderSettings } from '../migrate/workers.ts'
import type { Session } from '../session.ts'

/** What a scope looks like when its migrations have just been run on nothing. */
export interface FreshBuild {
  readonly structure: Structure
  readonly fingerprint: string
  readonly dependencies: readonly Dependency[]
  /** Tables that the migrations have written rows into. */
  readonly filled: readonly string[]
}

export interface FreshBuildOptions {
  readonly scope: ProjectScope
  /** The folder that the files come from, for shorthands of earlier files. */
  readonly folder: readonly MigrationFile[]
  readonly files: readonly MigrationFile[]
  /** As a company that has a LOGIN role. */
  readonly login?: boolean
}

/** Builds a scope in a transaction that is rolled back, and reads it. @throws DBS-1501 */
export async function buildFresh(session: Session, options: FreshBuildOptions): Promise<FreshBuild> {
  const { scope, folder, files, login = false } = options
  const migrations = await compileMigrations(folder, new Set(files.map((file) => file.name)), 'up')
  const settings = renderSettings(session.loaded.config.migrations)
  return buildScratch(session.client, { scope, migrations, settings, login }, async (place) => {
    const structure = await readStructure(session.client, place)
    const fingerprint = (await readFingerprints(session.client, [place])).get(place.company) ?? ''
    const dependencies = await readDependencies(session.client, place)
    return { structure, fingerprint, dependencies, filled: await readFilledTables(session.client, place, structure) }
  })
}
