import { existsSync } from 'node:fs'
import type { EngineName } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { MigrationFile } from '../../core/migration/file.ts'
import { type ProjectScope, projectScopes } from '../../core/migration/scope.ts'
import { readMigrations } from '../../engines/postgres/migration/folder.ts'
import { migrationFolder, type Project } from '../project.ts'

/** The migrations of a project for one engine, by scope, in the order they run. */
export type Folders = Readonly<Record<ProjectScope, readonly MigrationFile[]>>

/** The migrations of PostgreSQL. @throws DBS-1301 when the folder of all migrations is not there */
export async function readFolders(project: Project): Promise<Folders> {
  requireMigrations(project)
  return readEngineFolders(project, 'postgres')
}

/** The migrations of one engine, which has none where its folder is not there. `extensions` are PostgreSQL's by default. */
export async function readEngineFolders(
  project: Project,
  engine: EngineName,
  extensions?: readonly string[],
): Promise<Folders> {
  const [shared, tenant] = await Promise.all(
    projectScopes.map((scope) => readMigrations(migrationFolder(project, engine, scope), scope, extensions)),
  )
  return { shared: shared ?? [], tenant: tenant ?? [] }
}

function requireMigrations({ migrations }: Project): void {
  if (existsSync(migrations)) return
  throw DbsvcError.of('DBS-1301', { directory: migrations, reason: 'it does not exist' })
}
