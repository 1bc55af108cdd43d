import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import type { MigrationFile } from '../../core/migration/file.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { readMigrations } from '../../engines/postgres/migration/folder.ts'

/** A folder of migrations and, inside it and out of the loader's sight, the place of those that a baseline stands for. */
export interface SquashFolder {
  readonly directory: string
  readonly parking: string
  readonly files: readonly MigrationFile[]
  readonly parked: readonly MigrationFile[]
}

export async function readSquashFolder(directory: string, scope: ProjectScope): Promise<SquashFolder> {
  const parking = join(directory, 'squashed')
  const [files, parked] = await Promise.all([readMigrations(directory, scope), readMigrations(parking, scope)])
  return { directory, parking, files, parked }
}

/** Writes the baseline where the loader does not see it yet, down to the disk. @throws DBS-1304 */
export async function prepareBaseline(
  { parking }: SquashFolder,
  scope: ProjectScope,
  name: string,
  text: string,
): Promise<MigrationFile> {
  const path = join(parking, `${name}.sql`)
  await onDisk(path, async () => {
    await mkdir(parking, { recursive: true })
    await writeFile(path, text, { flush: true })
  })
  const file = (await readMigrations(parking, scope)).find((parked) => parked.path === path)
  if (file === undefined) throw DbsvcError.of('DBS-1304', { file: path, reason: 'it is not there after writing' })
  return file
}

export const discardBaseline = (file: MigrationFile): Promise<void> => rm(file.path, { force: true })

export const readBaselineText = (file: MigrationFile): Promise<string> => readFile(file.path, 'utf8')

/**
 * Brings the baseline into the folder and the files it stands for out of it; what is done already is left alone. The baseline
 * comes first and the last file goes first: what a cut leaves behind is the beginning of the old history before the baseline,
 * on which no company can be built, rather than a history with a gap, on which one could.
 */
export async function settleFiles(
  folder: SquashFolder,
  baseline: MigrationFile,
  squashed: readonly MigrationFile[],
): Promise<void> {
  const placed = join(folder.directory, basename(baseline.path))
  if (baseline.path !== placed) await onDisk(placed, () => rename(baseline.path, placed))
  for (const file of squashed.toReversed()) {
    const path = join(folder.parking, basename(file.path))
    await onDisk(path, () => rename(file.path, path))
  }
}

async function onDisk(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    throw DbsvcError.of('DBS-1304', { file, reason: reasonOf(error) }, error)
  }
}
