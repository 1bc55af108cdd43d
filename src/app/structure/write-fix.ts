import { writeFile } from 'node:fs/promises'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { type Fix, renderFixFile } from '../../engines/postgres/structure/sql/fix-file.ts'
import { renderMending } from '../../engines/postgres/structure/sql/mend.ts'
import type { Drift } from './drift-result.ts'

/**
 * Writes the migration that would mend what was found, and runs nothing. It comes after all others, so only targets at the
 * fleet's last version are in it: what an older one has too much may be what its next migration makes.
 * @throws DBS-1304 when there is such a file, or it cannot be written
 */
export async function writeFix(path: string, drift: Drift): Promise<void> {
  const last = drift.groups.at(-1)?.version ?? null
  const fixes: Fix[] = []
  const notes: string[] = []
  for (const { version, outliers, expected } of drift.groups) {
    for (const { companies, differences } of outliers) {
      if (version === last) fixes.push({ companies, mending: renderMending(differences, expected) })
      else notes.push(`not mended: ${companies.join(', ')} at version ${version ?? '-'}; migrate up, then look again`)
    }
  }
  const heading = [
    `Mends what dbsvc drift found on ${drift.place}: ${drift.drifted} of ${drift.targets} targets.`,
    'It was written and not run. Read it: columns that go take their data with them.',
  ]
  try {
    await writeFile(path, renderFixFile(heading, fixes, notes), { flag: 'wx' })
  } catch (error) {
    throw DbsvcError.of('DBS-1304', { file: path, reason: reasonOf(error) }, error)
  }
}
