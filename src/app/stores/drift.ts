import { createHash } from 'node:crypto'
import type { MigrationFile } from '../../core/migration/file.ts'
import { prefixLengthOf } from '../../core/migration/history.ts'
import { diffStructures } from '../../core/structure/diff.ts'
import { type FingerprintedTarget, groupByVersion, majorityOf, type VersionGroup } from '../../core/structure/groups.ts'
import { keyOf, type Structure } from '../../core/structure/object.ts'
import { readTenantVersions } from '../../engines/postgres/migration/ledger.ts'
import { readSettled } from '../../engines/postgres/placement.ts'
import type { StoreEngine } from '../../engines/store.ts'
import { readEngineFolders } from '../migrate/folders.ts'
import type { Session } from '../session.ts'
import type { Against, Drift, DriftGroup } from '../structure/drift-result.ts'
import { buildInStore } from './fresh-build.ts'

// A store answers for many companies at once, and what it answers is held until they are compared.
const companiesAtOnce = 500

export interface StoreDriftOptions {
  readonly against: Against
  /** Only these companies are reported; all when there are none. */
  readonly tenants: readonly string[]
}

/** Finds the companies whose structure in a store is not that of others with the same ledger. Reads only, but for a fresh build. */
export async function findStoreDrift(
  session: Session,
  engine: StoreEngine,
  { against, tenants }: StoreDriftOptions,
): Promise<Drift> {
  const { client, project } = session
  const settled = await readSettled(client, engine.name)
  const fleet = await fingerprint(session, engine, against === 'build' && tenants.length > 0 ? tenants : settled)
  const { tenant } = await readEngineFolders(project, engine.name, engine.extensions)
  const groups: DriftGroup[] = []
  for (const group of groupByVersion(fleet.targets)) {
    const compared = await compare(session, engine, {
      group,
      folder: tenant,
      structures: fleet.structures,
      against,
      tenants,
    })
    if (compared !== undefined) groups.push(compared)
  }
  const known = new Set(settled)
  return {
    place: (await session.stores.open(engine)).place,
    scope: 'tenant',
    targets: groups.reduce((sum, { targets }) => sum + targets, 0),
    drifted: groups.flatMap(({ outliers }) => outliers.flatMap(({ companies }) => companies)).length,
    skipped: tenants.filter((company) => !known.has(company)),
    groups,
  }
}

interface StoreFleet {
  readonly targets: readonly FingerprintedTarget[]
  /** One for each fingerprint. */
  readonly structures: ReadonlyMap<string, Structure>
}

async function fingerprint(session: Session, engine: StoreEngine, companies: readonly string[]): Promise<StoreFleet> {
  const store = await session.stores.open(engine)
  const targets: FingerprintedTarget[] = []
  const structures = new Map<string, Structure>()
  for (let start = 0; start < companies.length; start += companiesAtOnce) {
    const some = companies.slice(start, start + companiesAtOnce)
    const found = await store.inspect('tenant', some)
    for (const { company, version, history } of await readTenantVersions(session.client, engine.name, some)) {
      const structure = found.get(company) ?? []
      const digest = digestOf(structure)
      structures.set(digest, structure)
      targets.push({ company, version, history, login: false, fingerprint: digest })
    }
  }
  return { targets, structures }
}

interface Comparison extends StoreDriftOptions {
  readonly group: VersionGroup
  readonly folder: readonly MigrationFile[]
  readonly structures: ReadonlyMap<string, Structure>
}

async function compare(
  session: Session,
  engine: StoreEngine,
  { group, folder, structures, against, tenants }: Comparison,
): Promise<DriftGroup | undefined> {
  const asked = group.alike.flatMap(({ fingerprint: digest, companies }) => {
    const wanted = companies.filter((company) => tenants.length === 0 || tenants.includes(company))
    return wanted.length === 0 ? [] : [{ digest, companies: wanted }]
  })
  if (asked.length === 0) return undefined
  const usual = against === 'majority' ? majorityOf(group) : undefined
  const applied = prefixLengthOf(group.history, folder)
  const isBuilt = usual === undefined && applied !== undefined
  const digest = usual?.fingerprint ?? group.alike[0]?.fingerprint ?? ''
  const expected = isBuilt
    ? await buildInStore(session, engine, folder.slice(0, applied))
    : (structures.get(digest) ?? [])
  const reference = digestOf(expected)
  return {
    scope: 'tenant',
    version: group.version === '' ? null : group.version,
    history: group.history,
    login: false,
    targets: asked.reduce((sum, { companies }) => sum + companies.length, 0),
    reference: usual !== undefined ? 'majority' : isBuilt ? 'build' : 'most frequent',
    fingerprint: reference,
    expected,
    outliers: asked
      .filter((alike) => alike.digest !== reference)
      .map((alike) => ({
        companies: alike.companies,
        fingerprint: alike.digest,
        differences: diffStructures(expected, structures.get(alike.digest) ?? []),
      })),
  }
}

function digestOf(structure: Structure): string {
  const lines = structure.map((object) => `${keyOf(object)}\u0000${object.definition}`).sort()
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}
