import { existsSync } from 'node:fs'
import type pg from 'pg'
import { DbsvcError } from '../../core/errors/error.ts'
import type { MigrationFile } from '../../core/migration/file.ts'
import { prefixLengthOf } from '../../core/migration/history.ts'
import { type ProjectScope, projectScopes } from '../../core/migration/scope.ts'
import { explainMismatch } from '../../core/migration/verify.ts'
import { targetName } from '../../engines/engine.ts'
import { readMigrations } from '../../engines/postgres/migration/folder.ts'
import { readApplied, readGroups, type TargetGroup } from '../../engines/postgres/migration/ledger.ts'
import { migrationFolder, type Project } from '../project.ts'

/** The migrations of a project, by scope, in the order they run. */
export type Folders = Readonly<Record<ProjectScope, readonly MigrationFile[]>>

/** Targets of one history, which the folder is known to agree with. */
export interface FleetGroup extends TargetGroup {
  readonly scope: ProjectScope
  /** How many of the folder's migrations these targets have. */
  readonly applied: number
}

/** @throws DBS-1301 when the folder of all migrations is not there */
export async function readFolders(project: Project): Promise<Folders> {
  if (!existsSync(project.migrations)) {
    throw DbsvcError.of('DBS-1301', { directory: project.migrations, reason: 'it does not exist' })
  }
  const [shared, tenant] = await Promise.all(
    projectScopes.map((scope) => readMigrations(migrationFolder(project, 'postgres', scope), scope)),
  )
  return { shared: shared ?? [], tenant: tenant ?? [] }
}

/**
 * Compares every target with the folders, in a constant number of queries.
 * @throws DBS-1401, DBS-1402, DBS-1403 when a target has something else than the folder's first migrations
 */
export async function readFleet(client: pg.Client, folders: Folders): Promise<FleetGroup[]> {
  const fleet: FleetGroup[] = []
  for (const group of await readGroups(client)) {
    const { scope } = group
    if (scope === 'control') continue
    const applied = prefixLengthOf(group.history, folders[scope])
    if (applied === undefined) {
      const ledger = await readApplied(client, scope, group.example)
      throw explainMismatch(targetName(scope, group.example), ledger, folders[scope])
    }
    fleet.push({ ...group, scope, applied })
  }
  return fleet.toSorted((a, b) => projectScopes.indexOf(a.scope) - projectScopes.indexOf(b.scope))
}
