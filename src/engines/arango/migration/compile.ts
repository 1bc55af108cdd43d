import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import type { MigrationFile } from '../../../core/migration/file.ts'
import { type DefinedOperation, DefinitionFaults, type Definitions, parseDefinitions } from './definitions.ts'
import type { ArangoMigration, ArangoStep, Script } from './step.ts'

export type Direction = 'up' | 'down'

interface ScriptModule {
  readonly up?: unknown
  readonly down?: unknown
}

/**
 * Compiles the files that `wanted` names, in the order of `folder`.
 * @throws DBS-1302 a file that cannot be loaded, DBS-1303 a way down that does not exist
 */
export async function compileMigrations(
  folder: readonly MigrationFile[],
  wanted: ReadonlySet<string>,
  direction: Direction,
): Promise<ArangoMigration[]> {
  const compiled: ArangoMigration[] = []
  for (const file of folder) {
    if (wanted.has(file.name)) compiled.push({ ...file, steps: await stepsOf(file, direction) })
  }
  return compiled
}

async function stepsOf(file: MigrationFile, direction: Direction): Promise<ArangoStep[]> {
  if (extname(file.path) === '.json') {
    const operations = (await readDefinitions(file))[direction]
    if (operations === null) throw DbsvcError.of('DBS-1303', { file: file.path })
    return operations.map(stepOf)
  }
  const action = (await loadScript(file))[direction]
  if (direction === 'down' && (action === undefined || action === false)) {
    throw DbsvcError.of('DBS-1303', { file: file.path })
  }
  if (typeof action !== 'function') throw unloadable(file, `it does not export a function ${direction}`)
  return [{ text: `${direction}() of ${file.name}${extname(file.path)}`, line: null, script: action as Script }]
}

/** @throws DBS-1302 naming every fault of the file */
export async function readDefinitions(file: MigrationFile): Promise<Definitions> {
  try {
    return parseDefinitions(await readFile(file.path, 'utf8'))
  } catch (error) {
    if (error instanceof DefinitionFaults) throw unloadable(file, error.message)
    throw unloadable(file, reasonOf(error), error)
  }
}

/** Loads a .ts or .js migration; nothing of it is run. @throws DBS-1302 */
export async function loadScript(file: MigrationFile): Promise<ScriptModule> {
  try {
    const { jiti } = await import('node-pg-migrate')
    return await jiti.import<ScriptModule>(file.path)
  } catch (error) {
    throw unloadable(file, reasonOf(error), error)
  }
}

export function stepOf({ operation, line, allow }: DefinedOperation): ArangoStep {
  return { text: `${operation.name} ${JSON.stringify(operation.asked)}`, line, operation, allow }
}

const unloadable = (file: MigrationFile, reason: string, cause?: unknown): DbsvcError =>
  DbsvcError.of('DBS-1302', { file: file.path, reason }, cause)
