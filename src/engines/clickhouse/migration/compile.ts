import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import type { MigrationFile } from '../../../core/migration/file.ts'
import type { StoreMigration } from '../../store.ts'
import { placeholdersIn } from '../sql/placeholder.ts'
import { lineAt, type SqlStatement, splitStatements, UnclosedToken } from '../sql/statement.ts'
import { type Section, sectionsOf } from './sections.ts'
import type { SqlStep } from './step.ts'

export type Direction = 'up' | 'down'

export interface SqlMigration extends StoreMigration {
  readonly steps: readonly SqlStep[]
}

/** What a migration may leave for dbsvc to fill in. */
export const placeholderNames = ['company', 'database', 'shared'] as const

/** @throws DBS-1302, DBS-1303 */
export async function compileMigrations(
  folder: readonly MigrationFile[],
  wanted: ReadonlySet<string>,
  direction: Direction,
): Promise<SqlMigration[]> {
  return Promise.all(folder.filter(({ name }) => wanted.has(name)).map((file) => compile(file, direction)))
}

async function compile(file: MigrationFile, direction: Direction): Promise<SqlMigration> {
  const text = await readFile(file.path, 'utf8').catch((error: unknown) => {
    throw DbsvcError.of('DBS-1302', { file: file.path, reason: reasonOf(error) }, error)
  })
  const section = sectionsOf(text.replaceAll('\r\n', '\n'))[direction]
  if (section === null) throw DbsvcError.of('DBS-1303', { file: file.path })
  const steps = statementsIn(section, file).map((statement, index): SqlStep => {
    const line = section.firstLine + lineAt(section.text, statement.start) - 1
    requireKnownPlaceholders(statement, file, line)
    return { text: statement.text, line, statement, token: tokenOf(file, direction, index, statement.text) }
  })
  return { ...file, steps }
}

/** @throws DBS-1302 */
function statementsIn(section: Section, file: MigrationFile): SqlStatement[] {
  try {
    return splitStatements(section.text)
  } catch (error) {
    if (!(error instanceof UnclosedToken)) throw error
    const line = section.firstLine + lineAt(section.text, error.at) - 1
    throw DbsvcError.of('DBS-1302', { file: `${file.path}:${line}`, reason: error.message }, error)
  }
}

/** A view may ask for values of its own, but then whoever reads it gives them. */
function requireKnownPlaceholders({ tokens }: SqlStatement, file: MigrationFile, line: number): void {
  const known: readonly string[] = placeholderNames
  const unknown = placeholdersIn(tokens).find(({ name }) => !known.includes(name))
  if (unknown === undefined) return
  const reason = `{${unknown.name}:…} is unknown; there are: ${known.map((name) => `{${name}:…}`).join(', ')}`
  throw DbsvcError.of('DBS-1302', { file: `${file.path}:${line}`, reason })
}

function tokenOf(file: MigrationFile, direction: Direction, index: number, text: string): string {
  const parts = [file.scope, file.name, direction, String(index), text]
  return createHash('sha256').update(parts.join('\0')).digest('hex')
}
