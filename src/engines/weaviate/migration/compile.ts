import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import type { MigrationFile } from '../../../core/migration/file.ts'
import type { StoreMigration } from '../../store.ts'
import { type MigrationDocument, type PlacedOperation, readDocument } from './document.ts'
import { loadModule } from './module.ts'
import type { WeaviateStep } from './step.ts'

export interface WeaviateMigrationFile extends StoreMigration {
  readonly steps: readonly WeaviateStep[]
}

/** @throws DBS-1302 a file that cannot be loaded, with all that is wrong with it, DBS-1303 a way down that does not exist */
export async function compileMigrations(
  folder: readonly MigrationFile[],
  wanted: ReadonlySet<string>,
  direction: 'up' | 'down',
): Promise<WeaviateMigrationFile[]> {
  const compiled: WeaviateMigrationFile[] = []
  for (const file of folder) {
    if (wanted.has(file.name)) compiled.push({ ...file, steps: await stepsOf(file, direction) })
  }
  return compiled
}

async function stepsOf(file: MigrationFile, direction: 'up' | 'down'): Promise<readonly WeaviateStep[]> {
  if (extname(file.path) !== '.json') {
    return [{ text: `${direction}() of ${file.name}`, line: null, work: await loadModule(file, direction) }]
  }
  const document = await readMigration(file)
  const operations = document[direction]
  if (operations === null) throw DbsvcError.of('DBS-1303', { file: file.path })
  return operations.map(stepOf)
}

/** The document in a `.json` file. @throws DBS-1302 with all that is wrong with it */
export async function readMigration(file: MigrationFile): Promise<MigrationDocument> {
  const text = await readFile(file.path, 'utf8').catch((error: unknown) => {
    throw DbsvcError.of('DBS-1302', { file: file.path, reason: reasonOf(error) }, error)
  })
  const read = readDocument(text)
  const faults = 'faults' in read ? [...read.faults] : []
  if ('document' in read && file.scope === 'tenant') {
    for (const { line } of [...read.document.up, ...(read.document.down ?? [])]) {
      faults.push({ line, problem: 'classes belong to all companies: move it to the shared scope' })
    }
  }
  if ('document' in read && faults.length === 0) return read.document
  const reasons = faults.map(({ line, problem }) => (line === null ? problem : `line ${line}: ${problem}`))
  throw DbsvcError.of('DBS-1302', { file: file.path, reason: reasons.join('; ') })
}

function stepOf({ operation, line }: PlacedOperation): WeaviateStep {
  return { text: JSON.stringify({ [operation.type]: operation.value }), line, work: operation }
}
