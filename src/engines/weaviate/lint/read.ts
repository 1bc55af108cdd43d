import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import type { MigrationFile } from '../../../core/migration/file.ts'
import type { ProjectScope } from '../../../core/migration/scope.ts'
import { readDocument } from '../migration/document.ts'
import { hasWayDown } from '../migration/module.ts'
import type { LintMigration } from './rule.ts'

/** @throws DBS-1302 a file that cannot be read or loaded */
export async function readForLint(file: MigrationFile, scope: ProjectScope): Promise<LintMigration> {
  if (extname(file.path) !== '.json') {
    return { ...file, scope, up: [], hasWayDown: await hasWayDown(file), faults: [] }
  }
  const text = await readFile(file.path, 'utf8').catch((error: unknown) => {
    throw DbsvcError.of('DBS-1302', { file: file.path, reason: reasonOf(error) }, error)
  })
  const read = readDocument(text)
  if ('faults' in read) return { ...file, scope, up: [], hasWayDown: true, faults: read.faults }
  return { ...file, scope, up: read.document.up, hasWayDown: read.document.down !== null, faults: [] }
}
