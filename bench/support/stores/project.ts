import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binary } from '../binary.ts'
import type { Database } from '../database.ts'
import { writeProject } from '../project.ts'
import { runDbsvc } from '../run-dbsvc.ts'
import type { BenchmarkServer } from '../server.ts'
import type { BenchStore } from './servers.ts'

export interface StoresProject {
  readonly name: string
  readonly directory: string
  readonly database: Database
}

/**
 * A project with the shipped migrations on a database of its own and on these engines. Only the first one migrates what an engine
 * has once for all: the others have another ledger, and find it there.
 */
export async function prepareProject(
  binary: Binary,
  directory: string,
  server: BenchmarkServer,
  name: string,
  stores: readonly BenchStore[],
  isFirst: boolean,
): Promise<StoresProject> {
  const database = await server.createDatabase(name)
  const folder = join(directory, name)
  await writeProject(folder, database)
  const path = join(folder, 'dbsvc.config.json')
  const config = JSON.parse(await readFile(path, 'utf8')) as Record<string, object>
  for (const { engine, settings } of stores) config[engine.name] = settings
  await writeFile(path, JSON.stringify(config))
  await runDbsvc(binary, folder, ['migrate', 'up', ...(isFirst ? [] : ['--engine', 'postgres'])])
  return { name, directory: folder, database }
}
