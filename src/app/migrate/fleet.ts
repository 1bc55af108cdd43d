import type pg from 'pg'
import type { DbsvcError } from '../../core/errors/error.ts'
import type { MigrationFile } from '../../core/migration/file.ts'
import { emptyHistory, prefixLengthOf } from '../../core/migration/history.ts'
import { type ProjectScope, projectScopes } from '../../core/migration/scope.ts'
import { explainMismatch } from '../../core/migration/verify.ts'
import { targetName } from '../../engines/engine.ts'
import { readApplied, readGroups, type TargetGroup } from '../../engines/postgres/migration/ledger.ts'
import type { MigrationDriver } from './drivers/driver.ts'
import type { Folders } from './folders.ts'

/** Targets of one history, which the folder is known to agree with. */
export interface FleetGroup extends TargetGroup {
  readonly scope: ProjectScope
  /** How many of the folder's migrations these targets have. */
  readonly applied: number
}

/** All targets of one engine, beside its migrations. */
export interface EngineFleet {
  readonly driver: MigrationDriver
  readonly folders: Folders
  readonly groups: readonly FleetGroup[]
}

/**
 * Compares every target of these engines with the folders, in a constant number of queries.
 * @throws DBS-1401, DBS-1402, DBS-1403 when a target has something else than the folder's first migrations
 */
export async function readFleets(
  client: pg.Client,
  engines: readonly Pick<EngineFleet, 'driver' | 'folders'>[],
): Promise<EngineFleet[]> {
  const groups = await readGroups(client)
  const fleets: EngineFleet[] = []
  for (const { driver, folders } of engines) {
    const own = groups.filter(({ engine }) => engine === driver.engine)
    const found = await Promise.all(own.flatMap((group) => checkGroup(client, folders, group)))
    const untouched = { history: emptyHistory, version: '', applied: 0, example: '' }
    const shared = found.some(({ scope }) => scope === 'shared')
      ? []
      : [{ ...untouched, engine: driver.engine, scope: 'shared' as const, targets: 1 }]
    fleets.push({ driver, folders, groups: [...shared, ...found].toSorted(byScope) })
  }
  return fleets
}

const byScope = (a: FleetGroup, b: FleetGroup): number =>
  projectScopes.indexOf(a.scope) - projectScopes.indexOf(b.scope)

function checkGroup(client: pg.Client, folders: Folders, group: TargetGroup): Promise<FleetGroup>[] {
  const { scope, history } = group
  if (scope === 'control') return []
  const applied = prefixLengthOf(history, folders[scope])
  if (applied !== undefined) return [Promise.resolve({ ...group, scope, applied })]
  return [
    explainGroup(client, group, folders[scope]).then((mismatch) => {
      throw mismatch
    }),
  ]
}

/** The same for PostgreSQL alone. */
export async function readFleet(client: pg.Client, folders: Folders): Promise<readonly FleetGroup[]> {
  const groups = (await readGroups(client)).filter(({ engine }) => engine === 'postgres')
  const found = await Promise.all(groups.flatMap((group) => checkGroup(client, folders, group)))
  return found.toSorted(byScope)
}

/** Says why what a group has is not what the files begin with, by its first target. @returns DBS-1401, DBS-1402 or DBS-1403 */
export async function explainGroup(
  client: pg.Client,
  { engine, scope, example }: Pick<TargetGroup, 'engine' | 'scope' | 'example'>,
  files: readonly MigrationFile[],
): Promise<DbsvcError> {
  return explainMismatch(targetName(scope, example, engine), await readApplied(client, engine, scope, example), files)
}
