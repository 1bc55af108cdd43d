import type { Config } from '../../../../src/config/schema.ts'
import { checksumOf, compareMigrations, type MigrationFile, versionOf } from '../../../../src/core/migration/file.ts'
import type { ProjectScope } from '../../../../src/core/migration/scope.ts'
import type { StoreEngine, StoreMigration } from '../../../../src/engines/store.ts'
import type { TemporaryFolder } from '../../../unit/temporary-folder.ts'

/** Writes the files into a folder and compiles all of them, in order. */
export async function compileFiles(
  engine: StoreEngine,
  folder: TemporaryFolder,
  scope: ProjectScope,
  files: Readonly<Record<string, string>>,
  config: Config,
): Promise<StoreMigration[]> {
  const written = await Promise.all(
    Object.entries(files).map(async ([file, text]): Promise<MigrationFile> => {
      const path = await folder.write(`migrations/${engine.name}/${scope}/${file}`, text)
      const name = file.slice(0, file.lastIndexOf('.'))
      return { scope, name, version: versionOf(file) ?? '', path, checksum: checksumOf(text) }
    }),
  )
  const ordered = written.sort(compareMigrations)
  return engine.compile(ordered, new Set(ordered.map(({ name }) => name)), 'up', config)
}
