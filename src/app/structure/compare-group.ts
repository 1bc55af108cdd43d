import { DbsvcError } from '../../core/errors/error.ts'
import type { MigrationFile } from '../../core/migration/file.ts'
import { prefixLengthOf } from '../../core/migration/history.ts'
import { explainMismatch } from '../../core/migration/verify.ts'
import { diffStructures } from '../../core/structure/diff.ts'
import { type Alike, majorityOf, type VersionGroup } from '../../core/structure/groups.ts'
import type { Structure } from '../../core/structure/object.ts'
import { readApplied } from '../../engines/postgres/migration/ledger.ts'
import { companyPlace } from '../../engines/postgres/structure/place.ts'
import { inSnapshot, readStructure, readStructures } from '../../engines/postgres/structure/read.ts'
import type { Session } from '../session.ts'
import type { DriftGroup, DriftOptions, Outlier } from './drift-result.ts'
import { buildFresh } from './fresh-build.ts'

// A structure is some 30 kB; so many are held at a time, whatever the number of outliers.
const structuresAtOnce = 50

interface Reference {
  readonly kind: DriftGroup['reference']
  readonly structure: Structure
  readonly fingerprint: string
}

/** Holds the companies of one version against their reference; undefined where none of them was asked for. */
export async function compareGroup(
  session: Session,
  group: VersionGroup,
  folder: readonly MigrationFile[],
  options: DriftOptions,
): Promise<DriftGroup | undefined> {
  const asked = narrow(group, options.tenants)
  if (asked.length === 0) return undefined
  const reference = await referenceOf(session, group, folder, options)
  const outliers: Outlier[] = []
  for (let start = 0; start < asked.length; start += structuresAtOnce) {
    if (options.signal.aborted) throw DbsvcError.of('DBS-1904', {})
    outliers.push(...(await describe(session, asked.slice(start, start + structuresAtOnce), reference)))
  }
  const { version, history, login } = group
  return {
    scope: 'tenant',
    version: version === '' ? null : version,
    history,
    login,
    targets: asked.reduce((sum, alike) => sum + alike.companies.length, 0),
    reference: reference.kind,
    fingerprint: reference.fingerprint,
    expected: reference.structure,
    outliers,
  }
}

function narrow({ alike }: VersionGroup, tenants: readonly string[]): Alike[] {
  if (tenants.length === 0) return [...alike]
  return alike.flatMap(({ fingerprint, companies }) => {
    const wanted = companies.filter((company) => tenants.includes(company))
    return wanted.length === 0 ? [] : [{ fingerprint, companies: wanted }]
  })
}

/** Where a version has no majority a fresh build stands in for it, if the folder has that version. */
async function referenceOf(
  session: Session,
  group: VersionGroup,
  folder: readonly MigrationFile[],
  { against }: DriftOptions,
): Promise<Reference> {
  const majority = against === 'majority' ? majorityOf(group) : undefined
  if (majority !== undefined) return readReference(session, majority, 'majority')
  const applied = prefixLengthOf(group.history, folder)
  if (applied !== undefined) {
    const files = folder.slice(0, applied)
    return { ...(await buildFresh(session, { scope: 'tenant', folder, files, login: group.login })), kind: 'build' }
  }
  const [first] = group.alike
  const example = first?.companies[0] ?? ''
  if (against === 'build' || first === undefined) {
    throw explainMismatch(example, await readApplied(session.client, 'postgres', 'tenant', example), folder)
  }
  return readReference(session, first, 'most frequent')
}

async function readReference(
  session: Session,
  { companies: [company = ''], fingerprint }: Alike,
  kind: Reference['kind'],
): Promise<Reference> {
  const structure = await inSnapshot(session.client, () => readStructure(session.client, companyPlace(company)))
  return { kind, structure, fingerprint }
}

async function describe(session: Session, asked: readonly Alike[], reference: Reference): Promise<Outlier[]> {
  const different = asked.filter(({ fingerprint }) => fingerprint !== reference.fingerprint)
  const examples = different.map(({ companies: [company = ''] }) => companyPlace(company))
  const structures = await inSnapshot(session.client, () => readStructures(session.client, examples))
  return different.flatMap(({ fingerprint, companies }) => {
    const differences = diffStructures(reference.structure, structures.get(companies[0] ?? '') ?? [])
    // None where somebody mended it meanwhile.
    return differences.length === 0 ? [] : [{ companies, fingerprint, differences }]
  })
}
