import { type EngineName, ledgerEngine } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { groupByVersion, majorityOf } from '../../core/structure/groups.ts'
import { findCompanies } from '../../engines/postgres/company/registry.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import { settledCompanies } from '../../engines/postgres/structure/fleet.ts'
import type { StoreEngine } from '../../engines/store.ts'
import { readFolders } from '../migrate/folders.ts'
import type { Session } from '../session.ts'
import { findStoreDrift } from '../stores/drift.ts'
import { compareGroup } from './compare-group.ts'
import { compareShared } from './compare-shared.ts'
import type { Drift, DriftGroup, DriftOptions } from './drift-result.ts'
import { fingerprintFleet } from './fingerprint-fleet.ts'

/**
 * Finds the companies, or the shared schema, whose structure is not what their ledger says. Reads only; a fresh build is rolled
 * back. @throws DBS-1203 an unknown company, DBS-1401 and its kin when a build is asked for and the folder is another one
 */
export async function findDrift(session: Session, options: DriftOptions): Promise<Drift> {
  await requireControl(session.client, session.place)
  const { scope } = options
  if (options.engine !== ledgerEngine) return findStoreDrift(session, requireStore(session, options.engine), options)
  if (scope === 'shared') return summarise(session, scope, [], [await compareShared(session)])
  const known = await findCompanies(session.client, options.tenants)
  for (const company of options.tenants) if (!known.has(company)) throw DbsvcError.of('DBS-1203', { company })

  const folder = (await readFolders(session.project)).tenant
  // A majority is one of the whole fleet, also where only some of it is reported.
  const companies = await settledCompanies(session.client, options.against === 'build' ? options.tenants : [])
  const fleet = await fingerprintFleet(session, companies, options.signal)
  const groups: DriftGroup[] = []
  for (const group of groupByVersion(fleet)) {
    if (options.signal.aborted) throw DbsvcError.of('DBS-1904', {})
    const compared = await compareGroup(session, group, folder, options)
    if (compared !== undefined) groups.push(compared)
  }
  const settled = new Set(companies)
  return summarise(
    session,
    scope,
    options.tenants.filter((company) => !settled.has(company)),
    groups,
  )
}

/** @throws DBS-1903 */
function requireStore({ stores }: Session, name: EngineName): StoreEngine {
  const engine = stores.engines.find((store) => store.name === name)
  if (engine === undefined) throw DbsvcError.of('DBS-1903', { reason: `the configuration names no ${name}` })
  return engine
}

function summarise(session: Session, scope: ProjectScope, skipped: readonly string[], groups: DriftGroup[]): Drift {
  const drifted = groups.flatMap((group) => group.outliers.flatMap((outlier) => outlier.companies))
  return {
    place: session.place,
    scope,
    targets: groups.reduce((sum, group) => sum + group.targets, 0),
    drifted: drifted.length,
    skipped,
    groups,
  }
}

/** Companies of one version that do not have the structure of the others. */
export interface OutlierGroup {
  /** '' before the first migration. */
  readonly version: string
  /** How many companies are at that version. */
  readonly targets: number
  /** Whether most of them agree; all are outliers where they do not. */
  readonly majority: boolean
  readonly outliers: readonly string[]
}

/** Finds the companies that differ from most of their version, and not how: that takes digests only, and no build. */
export async function findOutliers(session: Session, signal: AbortSignal): Promise<OutlierGroup[]> {
  const fleet = await fingerprintFleet(session, await settledCompanies(session.client, []), signal)
  return groupByVersion(fleet).flatMap((group) => {
    if (group.alike.length < 2) return []
    const usual = majorityOf(group)
    const outliers = group.alike.filter((alike) => alike !== usual).flatMap(({ companies }) => companies)
    return [
      { version: group.version, targets: group.targets, majority: usual !== undefined, outliers: outliers.sort() },
    ]
  })
}
