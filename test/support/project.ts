import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { inject } from 'vitest'
import type { TestDatabase } from './database.ts'

export interface TestProject {
  /** The folder with dbsvc.config.json; the `cwd` for runDbsvc. */
  readonly directory: string
  /** Writes a file, its folders included; the path is relative to the project. */
  write(path: string, content: string): Promise<void>
}

export interface TestProjectOptions {
  readonly database: TestDatabase
  /** Content by path relative to migrations/, such as `postgres/tenant/001_orders.sql`. */
  readonly migrations?: Readonly<Record<string, string>>
  /** Sections of the configuration; each is merged over what the project has by itself. */
  readonly config?: Readonly<Record<string, object>>
}

/**
 * A folder with a dbsvc.config.json that points at the database, removed with the run. The secrets are shared by the whole run,
 * because database_service_role and its password belong to the server that all databases are on.
 */
export async function createProject({
  database,
  migrations = {},
  config = {},
}: TestProjectOptions): Promise<TestProject> {
  const directory = await mkdtemp(join(inject('runDirectory'), 'project-'))
  const project: TestProject = {
    directory,
    async write(path, content) {
      const file = join(directory, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, content)
    },
  }
  await project.write('dbsvc.config.json', JSON.stringify(merge(ownConfig(database), config), null, 2))
  for (const [path, content] of Object.entries(migrations)) await project.write(join('migrations', path), content)
  return project
}

function ownConfig({ host, port, user, password, database }: TestDatabase): Record<string, object> {
  return {
    postgres: { host, port, user, password, database },
    secrets: { directory: join(inject('runDirectory'), 'secrets') },
  }
}

function merge(own: Record<string, object>, other: Readonly<Record<string, object>>): Record<string, object> {
  const sections = Object.entries(other).map(([name, section]) => [name, { ...own[name], ...section }])
  return { ...own, ...Object.fromEntries(sections) }
}
