import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binary } from '../binary.ts'
import { companyNames } from '../company-names.ts'
import type { Database } from '../database.ts'
import { metered } from '../peak-memory.ts'
import { writeProject } from '../project.ts'
import { type Run, runDbsvc } from '../run-dbsvc.ts'
import type { BenchmarkServer } from '../server.ts'

/** The companies of one database, and the project they are worked on from. */
export interface Fleet {
  /** In the order of the alphabet. */
  readonly companies: readonly string[]
  readonly database: Database
  readonly project: string
}

/** A database where everything is but the companies. */
export async function prepareFleet(
  binary: Binary,
  directory: string,
  server: BenchmarkServer,
  name: string,
  size: number,
): Promise<Fleet> {
  const project = join(directory, name)
  const database = await server.createDatabase(`fleet_${name}`)
  await writeProject(project, database)
  await runDbsvc(binary, project, ['migrate', 'up'])
  return { companies: companyNames(name, size), database, project }
}

export async function createCompanies(binary: Binary, { companies, project }: Fleet): Promise<Run> {
  await writeFile(join(project, 'companies.txt'), companies.join('\n'))
  return runDbsvc(binary, project, ['tenant', 'create', '--from', 'companies.txt'], metered)
}
