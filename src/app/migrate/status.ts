import type pg from 'pg'
import type { EngineName } from '../../core/engine.ts'
import type { DbsvcError } from '../../core/errors/error.ts'
import type { MigrationFile } from '../../core/migration/file.ts'
import { prefixLengthOf } from '../../core/migration/history.ts'
import type { Scope } from '../../core/migration/scope.ts'
import { inspectControl } from '../../engines/postgres/control.ts'
import { readGroups, type TargetGroup } from '../../engines/postgres/migration/ledger.ts'
import { readOutliers, type StandingTarget } from '../../engines/postgres/migration/outliers.ts'
import type { Session } from '../session.ts'
import type { MigrationDriver } from './drivers/driver.ts'
import { readEngines } from './engines.ts'
import { explainGroup } from './fleet.ts'
import type { Folders } from './folders.ts'

/** Targets that stand at the same place. */
export interface StatusGroup {
  readonly engine: EngineName
  readonly scope: Scope
  readonly version: string | null
  readonly targets: number
  readonly example: string
  readonly applied: number
  /** How many of the folder's migrations these targets lack; null when their history is not the folder's. */
  readonly pending: number | null
  /** Why it is not, as `migrate up` would refuse it; null where it is. */
  readonly mismatch: DbsvcError | null
  /** How many of them failed the last time one was tried. */
  readonly failed: number
  /** Its companies, by id; null for an engine's most numerous group of companies where not all were asked for. */
  readonly companies: readonly StandingTarget[] | null
}

/** The last versions in the folders; null in an empty one. */
export interface LatestVersions {
  readonly shared: string | null
  readonly tenant: string | null
}

export interface Status {
  readonly place: string
  /** By engine. */
  readonly latest: Readonly<Partial<Record<EngineName, LatestVersions>>>
  /** Control migrations that this dbsvc has and the cluster lacks. */
  readonly controlPending: number
  readonly groups: readonly StatusGroup[]
}

/**
 * Where every target stands, in a constant number of queries but for one more of each history that is not the folder's. `all` lists
 * the companies of the most numerous groups too.
 */
export async function migrationStatus(session: Session, all: boolean): Promise<Status> {
  const { client, place } = session
  const engines = (await readEngines(session, {})).filter(({ driver, folders }) => hasMigrations(driver, folders))
  const control = await inspectControl(client)
  const latest = Object.fromEntries(engines.map(({ driver, folders }) => [driver.engine, latestOf(folders)]))
  const controlPending = control.pending.length
  if (control.applied === 0) return { place, latest, controlPending, groups: [] }
  const found = await readGroups(client)
  const groups = engines.map(({ driver, folders }) => ({
    folders,
    groups: found.filter(({ engine, scope }) => engine === driver.engine && scope !== 'control'),
  }))
  const majorities = all ? [] : groups.flatMap((own) => mostNumerous(own.groups) ?? [])
  const histories = Object.fromEntries(majorities.map(({ engine, history }) => [engine, history]))
  const standing = controlPending > 0 ? [] : await readOutliers(client, histories)
  return {
    place,
    latest,
    controlPending,
    groups: await withMismatches(
      client,
      groups.flatMap(({ folders, groups: own }) =>
        own.map((group) => statusOf(group, filesOf(folders, group), standing, majorities.includes(group))),
      ),
    ),
  }
}

type Known = Omit<StatusGroup, 'mismatch'> & { readonly files: readonly MigrationFile[] }

function statusOf(
  { engine, scope, targets, example, applied, history, version }: TargetGroup,
  files: readonly MigrationFile[],
  standing: readonly StandingTarget[],
  isMajority: boolean,
): Known {
  const prefix = prefixLengthOf(history, files)
  const members = standing.filter(
    (target) => target.engine === engine && target.scope === scope && target.history === history,
  )
  return {
    engine,
    scope,
    version: version === '' ? null : version,
    targets,
    example,
    applied,
    pending: prefix === undefined ? null : files.length - prefix,
    failed: members.filter(({ failure }) => failure !== null).length,
    companies: scope === 'tenant' && !isMajority ? members : null,
    files,
  }
}

async function withMismatches(client: pg.Client, groups: readonly Known[]): Promise<StatusGroup[]> {
  const explained: StatusGroup[] = []
  for (const { files, ...group } of groups) {
    const mismatch = group.pending === null ? await explainGroup(client, group, files) : null
    explained.push({ ...group, mismatch })
  }
  return explained
}

const filesOf = ({ shared, tenant }: Folders, { scope }: Pick<TargetGroup, 'scope'>): readonly MigrationFile[] =>
  scope === 'tenant' ? tenant : shared

/** A store that nobody has written migrations for has no versions to tell. */
const hasMigrations = ({ dispensable }: MigrationDriver, { shared, tenant }: Folders): boolean =>
  !dispensable || shared.length + tenant.length > 0

const latestOf = ({ shared, tenant }: Folders): LatestVersions => ({
  shared: shared.at(-1)?.version ?? null,
  tenant: tenant.at(-1)?.version ?? null,
})

function mostNumerous(groups: readonly TargetGroup[]): TargetGroup | undefined {
  return groups.filter(({ scope }) => scope === 'tenant').toSorted((a, b) => b.targets - a.targets)[0]
}
