import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import { checksumOf, compareMigrations, type MigrationFile, versionOf } from '../../../core/migration/file.ts'
import type { Scope } from '../../../core/migration/scope.ts'

/** What a migration of PostgreSQL can be. */
export const postgresExtensions: readonly string[] = ['.sql', '.js', '.ts', '.mjs', '.mts', '.cjs', '.cts']

/**
 * The migrations of one folder in the order they run. Hidden files and other kinds of files are left alone.
 * A folder that does not exist holds none. @throws DBS-1301 unreadable, DBS-1302 a name without version
 */
export async function readMigrations(
  directory: string,
  scope: Scope,
  extensions = postgresExtensions,
): Promise<MigrationFile[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw DbsvcError.of('DBS-1301', { directory, reason: reasonOf(error) }, error)
  })
  const files = await Promise.all(
    names
      .filter((name) => isMigration(name, extensions))
      .map(async (name): Promise<MigrationFile> => {
        const path = join(directory, name)
        const version = versionOf(name)
        if (version === undefined) {
          throw DbsvcError.of('DBS-1302', {
            file: path,
            reason: 'its name does not begin with a version, such as 0001_',
          })
        }
        return { scope, name: basename(name, extname(name)), version, path, checksum: checksumOf(await readText(path)) }
      }),
  )
  const seen = new Map<string, string>()
  for (const file of files) {
    const other = seen.get(file.name)
    if (other !== undefined)
      throw DbsvcError.of('DBS-1302', { file: file.path, reason: `${basename(other)} has the same name` })
    seen.set(file.name, file.path)
  }
  // By the whole file name, as node-pg-migrate does: the extension decides between 0001_users.sql and 0001_users_and_more.sql.
  return files.toSorted((a, b) => compareMigrations(fileName(a), fileName(b)))
}

const fileName = ({ version, path }: MigrationFile) => ({ version, name: basename(path) })

function isMigration(name: string, extensions: readonly string[]): boolean {
  return !name.startsWith('.') && !/\.d\.[mc]?ts$/.test(name) && extensions.includes(extname(name))
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw DbsvcError.of('DBS-1301', { directory: path, reason: reasonOf(error) }, error)
  }
}
