import { DbsvcError } from '../../core/errors/error.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import type { Difference } from '../../core/structure/diff.ts'
import { groupByVersion } from '../../core/structure/groups.ts'
import type { Structure } from '../../core/structure/object.ts'
import { findCompanies } from '../../engines/postgres/company/registry.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import { settledCompanies } from '../../engines/postgres/structure/fleet.ts'
import { readFolders } from '../migrate/fleet.ts'
import type { Session } from '../session.ts'
import { compareGroup } from './compare-group.ts'
import { compareShared } from './compare-shared.ts'
import { fingerprintFleet } from './fingerprint-fleet.ts'

/** What a structure is held against: what most of its version have, or what the migrations make today. */
export type Against = 'majority' | 'build'

export interface DriftOptions {
  readonly scope: ProjectScope
  readonly against: Against
  /** Only these companies are reported; all when there are none. */
  readonly tenants: readonly string[]
  readonly signal: AbortSignal
}

/** Companies that differ from their reference in the same way. */
export interface Outlier {
  /** `['']` for the shared scope. */
  readonly companies: readonly string[]
  readonly fingerprint: string
  readonly differences: readonly Difference[]
}

/** Targets with one ledger; companies with a LOGIN role apart from those without. */
export interface DriftGroup {
  readonly scope: ProjectScope
  /** Null before the first migration. */
  readonly version: string | null
  readonly history: string
  readonly login: boolean
  readonly targets: number
  /** `most frequent` where there is neither a majority nor a folder that this ledger could be built from. */
  readonly reference: Against | 'most frequent'
  readonly fingerprint: string
  /** The whole structure that the outliers were held against. */
  readonly expected: Structure
  readonly outliers: readonly Outlier[]
}

export interface Drift {
  readonly place: string
  readonly scope: ProjectScope
  readonly targets: number
  readonly drifted: number
  /** Companies that are being created or dropped, and so have no structure yet or any more. */
  readonly skipped: readonly string[]
  readonly groups: readonly DriftGroup[]
}

/**
 * Finds the companies, or the shared schema, whose structure is not what their ledger says. Reads only; a fresh build is rolled
 * back. @throws DBS-1203 an unknown company, DBS-1401 and its kin when a build is asked for and the folder is another one
 */
export async function findDrift(session: Session, options: DriftOptions): Promise<Drift> {
  await requireControl(session.client, session.place)
  const { scope } = options
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
