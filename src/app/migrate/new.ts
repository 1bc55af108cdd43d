import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EngineName } from '../../core/engine.ts'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { postgresExtensions, readMigrations } from '../../engines/postgres/migration/folder.ts'
import { storeEngines } from '../../engines/registry.ts'
import { shippedPath } from '../../shipped.ts'
import { migrationFolder, type Project } from '../project.ts'

export const languages = ['sql', 'json', 'ts', 'js'] as const
export type Language = (typeof languages)[number]

export interface NewMigration {
  readonly name: string
  readonly engine: EngineName
  readonly scope: ProjectScope
  /** Undefined for what the engine is mostly told in. */
  readonly language?: Language | undefined
}

/**
 * Writes an empty migration with the next version of its folder, as wide as the last one. @returns its absolute path
 * @throws DBS-1302 an unusable name, DBS-1903 a language that the engine does not know, DBS-1304 unwritable, and where the project has no migrations folder of its own
 */
export async function newMigration(
  project: Project,
  { name, engine, scope, language: asked }: NewMigration,
): Promise<string> {
  const language = chooseLanguage(engine, asked)
  const words = name
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
  if (words === '') throw DbsvcError.of('DBS-1302', { file: `"${name}"`, reason: 'a name needs letters or digits' })
  if (project.shippedMigrations) {
    throw DbsvcError.of('DBS-1304', {
      file: project.migrations,
      reason: 'this is the schema that ships with dbsvc; run dbsvc init for one of your own',
    })
  }
  const directory = migrationFolder(project, engine, scope)
  const last = (await readMigrations(directory, scope, extensionsOf(engine))).at(-1)
  const version = String(BigInt(last?.version ?? '0') + 1n).padStart(last?.version.length ?? 4, '0')
  const path = join(directory, `${version}_${words}.${language}`)
  try {
    const template = await readFile(join(shippedPath('templates'), 'migration', `${engine}.${language}`), 'utf8')
    await mkdir(directory, { recursive: true })
    await writeFile(path, template, { flag: 'wx' })
  } catch (error) {
    throw DbsvcError.of('DBS-1304', { file: path, reason: reasonOf(error) }, error)
  }
  return path
}

/** The first that the engine knows, unless another is asked for. */
function chooseLanguage(engine: EngineName, asked: Language | undefined): Language {
  const known = languages.filter((language) => extensionsOf(engine).includes(`.${language}`))
  const language = asked ?? known[0]
  if (language !== undefined && known.includes(language)) return language
  const reason =
    known.length === 0
      ? `${engine} has no schema, and so no migrations`
      : `migrations of ${engine} are written in ${known.join(', ')}, not in ${asked}`
  throw DbsvcError.of('DBS-1903', { reason })
}

const extensionsOf = (engine: EngineName): readonly string[] =>
  storeEngines.find(({ name }) => name === engine)?.extensions ?? postgresExtensions
