import type { EngineName } from '../../core/engine.ts'
import { prefixLengthOf } from '../../core/migration/history.ts'
import { inspectControl } from '../../engines/postgres/control.ts'
import { readGroups, type TargetGroup } from '../../engines/postgres/migration/ledger.ts'
import { readOutliers, type StandingTarget } from '../../engines/postgres/migration/outliers.ts'
import type { Session } from '../session.ts'
import type { MigrationDriver } from './drivers/driver.ts'
import { readEngines } from './engines.ts'
import type { Folders } from './folders.ts'

/** Targets that stand at the same place. */
export interface StatusGroup {
  readonly engine: EngineName
  readonly scope: string
  readonly version: string | null
  readonly targets: number
  readonly example: string
  readonly applied: number
  /** How many of the folder's migrations these targets lack; null when their history is not the folder's. */
  readonly pending: number | null
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

/** Where every target stands, in a constant number of queries. `all` lists the companies of the most numerous groups too. */
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
    groups: groups.flatMap((own) =>
      own.groups.map((group) => statusOf(group, own.folders, standing, majorities.includes(group))),
    ),
  }
}

function statusOf(
  { engine, scope, targets, example, applied, history, version }: TargetGroup,
  folders: Folders,
  standing: readonly StandingTarget[],
  isMajority: boolean,
): StatusGroup {
  const files = scope === 'tenant' ? folders.tenant : folders.shared
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
  }
}

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
