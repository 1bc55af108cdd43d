import { existsSync } from 'node:fs'
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
  const [shared, tenant] = await Promise.all(
    projectScopes.map((scope) => readMigrations(migrationFolder(project, 'postgres', scope), scope)),
  )
  return { shared: shared ?? [], tenant: tenant ?? [] }
}

function requireMigrations({ migrations }: Project): void {
  if (existsSync(migrations)) return
  throw DbsvcError.of('DBS-1301', { directory: migrations, reason: 'it does not exist' })
}
