import type pg from 'pg'
import type { EngineName } from '../../core/engine.ts'
import type { MigrationFile } from '../../core/migration/file.ts'
import { prefixLengthOf } from '../../core/migration/history.ts'
import { type ProjectScope, projectScopes } from '../../core/migration/scope.ts'
import { countUpTo } from '../../core/migration/select.ts'
import { isEverything, type Selection, selectFrom } from '../../core/migration/selection.ts'
import { assignWaves, type Wave, type WavePolicy } from '../../core/migration/waves.ts'
import { readTenants } from '../../engines/postgres/migration/ledger.ts'
import type { EngineFleet, FleetGroup } from './fleet.ts'
import type { Folders } from './folders.ts'

/** What is to be applied, and where. */
export interface UpRequest {
  /** Only this engine. */
  readonly engine?: EngineName
  /** Stops at this version, or at this name. */
  readonly to?: string
  readonly scope?: ProjectScope
  readonly selection: Selection
}

/** Targets that stand at the same place, and what they lack. */
export interface PendingGroup {
  readonly scope: ProjectScope
  readonly history: string
  readonly applied: number
  /** `['']` for the shared scope. */
  readonly targets: readonly string[]
  readonly pending: readonly MigrationFile[]
}

/** All that a run has to do in one engine. */
export interface PendingWork {
  readonly fleet: EngineFleet
  readonly shared: PendingGroup | undefined
  /** Only with companies that lack something. */
  readonly waves: readonly Wave[]
  /** The history of each of these companies. */
  readonly histories: ReadonlyMap<string, string>
  /** Groups of companies, whatever their waves. */
  readonly tenants: readonly PendingGroup[]
}

export const isNothing = ({ shared, waves }: PendingWork): boolean => shared === undefined && waves.length === 0

/**
 * Finds what is to be done in one engine, by one query where something is and by none where nothing is.
 * @throws DBS-1305 when `to` names no migration, DBS-1203 and DBS-1308 for a selection of what is not there
 */
export async function findPending(
  client: pg.Client,
  fleet: EngineFleet,
  request: UpRequest,
  policies: readonly WavePolicy[],
): Promise<PendingWork> {
  const { driver, folders, groups } = fleet
  const ends = endsOf(folders, request)
  const behind = groups.filter((group) => isBehind(group, ends))
  const sharedGroup = behind.find(({ scope }) => scope === 'shared')
  const shared =
    sharedGroup === undefined
      ? undefined
      : { ...sharedGroup, targets: [''], pending: folders.shared.slice(sharedGroup.applied, ends.shared) }
  const histories = new Map<string, string>()
  if (isEverything(request.selection) && !behind.some(({ scope }) => scope === 'tenant')) {
    return { fleet, shared, waves: [], histories, tenants: [] }
  }
  const late = new Set(behind.filter(({ scope }) => scope === 'tenant').map(({ history }) => history))
  const companies = await readTenants(client, driver.engine)
  for (const { company, history } of companies) if (late.has(history)) histories.set(company, history)
  const waves = selectFrom(assignWaves(companies, policies), request.selection)
    .map(({ policy, companies: members }) => ({
      policy,
      companies: new Set([...members].filter((company) => histories.has(company))),
    }))
    .filter(({ companies: members }) => members.size > 0)
  const chosen = waves.flatMap(({ companies: members }) => [...members]).sort()
  return { fleet, shared, waves, histories, tenants: groupPending(folders, ends, chosen, histories) }
}

/** The waves of all engines as one row: a company is in the same wave of each. */
export function mergeWaves(works: readonly PendingWork[]): Wave[] {
  const merged = new Map<string, { policy: WavePolicy; companies: Set<string> }>()
  for (const { policy, companies } of works.flatMap(({ waves }) => waves)) {
    const wave = merged.get(policy.name)
    if (wave === undefined) merged.set(policy.name, { policy, companies: new Set(companies) })
    else for (const company of companies) wave.companies.add(company)
  }
  return [...merged.values()]
}

const isBehind = ({ scope, applied }: FleetGroup, ends: Readonly<Record<ProjectScope, number>>): boolean =>
  applied < ends[scope]

/** How many targets lack something, selected or not. */
export function countBehind({ folders, groups }: EngineFleet, request: Pick<UpRequest, 'to' | 'scope'>): number {
  const ends = endsOf(folders, request)
  return groups.filter((group) => isBehind(group, ends)).reduce((sum, { targets }) => sum + targets, 0)
}

/** How many migrations of each scope a run goes up to; none of a scope that it leaves alone. */
export function endsOf(folders: Folders, { to, scope }: Pick<UpRequest, 'to' | 'scope'>): Record<ProjectScope, number> {
  const ends = countUpTo(folders, scope === undefined ? projectScopes : [scope], to)
  return { shared: ends.shared ?? 0, tenant: ends.tenant ?? 0 }
}

/** Companies by history, those that are furthest first; those that lack nothing, or stand where the folder does not lead, are left out. */
export function groupPending(
  folders: Folders,
  ends: Readonly<Record<ProjectScope, number>>,
  companies: readonly string[],
  histories: ReadonlyMap<string, string>,
): PendingGroup[] {
  const byHistory = Map.groupBy(companies, (company) => histories.get(company) ?? '')
  return [...byHistory]
    .flatMap(([history, targets]): PendingGroup[] => {
      const applied = prefixLengthOf(history, folders.tenant)
      if (applied === undefined || applied >= ends.tenant) return []
      return [{ scope: 'tenant', history, applied, targets, pending: folders.tenant.slice(applied, ends.tenant) }]
    })
    .sort((a, b) => b.applied - a.applied)
}

/** Compiles all that is pending in one engine. */
export async function compilePending({ fleet, shared, tenants }: PendingWork): Promise<MigrationFile[]> {
  const { driver, folders } = fleet
  const groups = [...(shared === undefined ? [] : [shared]), ...tenants]
  const compiled = await Promise.all(
    projectScopes.map((scope) => {
      const names = groups
        .filter((group) => group.scope === scope)
        .flatMap(({ pending }) => pending.map((file) => file.name))
      return driver.compile(folders[scope], new Set(names), 'up')
    }),
  )
  return compiled.flat()
}
