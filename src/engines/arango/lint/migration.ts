import { extname } from 'node:path'
import { DbsvcError } from '../../../core/errors/error.ts'
import type { MigrationFile } from '../../../core/migration/file.ts'
import type { ProjectScope } from '../../../core/migration/scope.ts'
import { loadScript, readDefinitions } from '../migration/compile.ts'
import type { DefinedOperation, Definitions } from '../migration/definitions.ts'

/** A migration as the linter looks at it. */
export interface LintMigration extends MigrationFile {
  readonly scope: ProjectScope
  /** Empty for code, which is not looked into, and for a file with faults. */
  readonly up: readonly DefinedOperation[]
  readonly down: readonly DefinedOperation[]
  /** Whether it can be undone; true where it cannot be told. */
  readonly hasDown: boolean
  readonly allow: Definitions['allow']
  /** What keeps it from being compiled; null for nothing. */
  readonly fault: string | null
}

/** Reads a scope's migrations, both ways. */
export function readForLint(folder: readonly MigrationFile[], scope: ProjectScope): Promise<LintMigration[]> {
  return Promise.all(folder.map((file) => readOne(file, scope)))
}

async function readOne(file: MigrationFile, scope: ProjectScope): Promise<LintMigration> {
  const empty = { ...file, scope, up: [], down: [], hasDown: true, allow: {}, fault: null }
  try {
    if (extname(file.path) !== '.json') {
      return { ...empty, hasDown: typeof (await loadScript(file)).down === 'function' }
    }
    const { up, down, allow } = await readDefinitions(file)
    return { ...empty, up, down: down ?? [], hasDown: down !== null, allow }
  } catch (error) {
    if (!(error instanceof DbsvcError)) throw error
    const { reason } = error.details as { readonly reason?: string }
    return { ...empty, fault: reason ?? error.message }
  }
}
