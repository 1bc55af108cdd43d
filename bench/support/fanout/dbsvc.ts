import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binary } from '../binary.ts'
import type { Database } from '../database.ts'
import { writeProject } from '../project.ts'
import { runDbsvc } from '../run-dbsvc.ts'
import { oneMore } from './company-sql.ts'
import type { Contender } from './contender.ts'

/** Sets up the control schema and the shared scope, which the other contenders' policies rest on too. */
export async function setUp(binary: Binary, directory: string, database: Database): Promise<void> {
  const project = join(directory, `setup-${database.database}`)
  await writeProject(project, database)
  await runDbsvc(binary, project, ['migrate', 'up', '--scope', 'shared'])
}

/** The shipped binary in its default configuration, every run a process of its own. */
export async function dbsvc(binary: Binary, directory: string, database: Database): Promise<Contender> {
  const before = join(directory, 'dbsvc-before')
  const after = join(directory, 'dbsvc-after')
  await writeProject(before, database)
  await writeProject(after, database)
  await writeFile(join(after, 'migrations', 'postgres', 'tenant', oneMore.file), `-- Up Migration\n${oneMore.schema}\n`)
  return {
    name: 'dbsvc',
    description: `${binary.description}, default configuration, whole processes from spawn to exit`,
    database,
    share: 1,
    async provision(companies) {
      await writeFile(join(before, 'companies.txt'), companies.join('\n'))
      await runDbsvc(binary, before, ['tenant', 'create', '--from', 'companies.txt'])
    },
    async rollOut() {
      await runDbsvc(binary, after, ['migrate', 'up'])
    },
  }
}
