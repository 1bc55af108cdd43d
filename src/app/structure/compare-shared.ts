import { prefixLengthOf } from '../../core/migration/history.ts'
import { explainMismatch } from '../../core/migration/verify.ts'
import { diffStructures } from '../../core/structure/diff.ts'
import { readApplied, readGroups } from '../../engines/postgres/migration/ledger.ts'
import { sharedPlace } from '../../engines/postgres/structure/place.ts'
import { inSnapshot, readFingerprints, readStructure } from '../../engines/postgres/structure/read.ts'
import { readFolders } from '../migrate/folders.ts'
import type { Session } from '../session.ts'
import type { DriftGroup } from './drift-result.ts'
import { buildFresh } from './fresh-build.ts'

/** Holds the one shared place against a fresh build of what its ledger says. @throws DBS-1401 and its kin */
export async function compareShared(session: Session): Promise<DriftGroup> {
  const { client } = session
  const folder = (await readFolders(session.project)).shared
  const target = (await readGroups(client)).find(({ engine, scope }) => engine === 'postgres' && scope === 'shared')
  const history = target?.history ?? ''
  const applied = prefixLengthOf(history, folder)
  if (applied === undefined)
    throw explainMismatch('shared', await readApplied(client, 'postgres', 'shared', ''), folder)
  const build = await buildFresh(session, { scope: 'shared', folder, files: folder.slice(0, applied) })
  const [structure, fingerprint] = await inSnapshot(client, async () => [
    await readStructure(client, sharedPlace),
    (await readFingerprints(client, [sharedPlace])).get('') ?? '',
  ])
  const differences = diffStructures(build.structure, structure)
  return {
    scope: 'shared',
    version: target === undefined || target.version === '' ? null : target.version,
    history,
    login: false,
    targets: 1,
    reference: 'build',
    fingerprint: build.fingerprint,
    expected: build.structure,
    outliers: differences.length === 0 ? [] : [{ companies: [''], fingerprint, differences }],
  }
}
