import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Binary } from '../binary.ts'
import { oneMore, shippedMigrations } from './company-sql.ts'
import type { Contender } from './contender.ts'
import type { Database } from './database.ts'

/** Sets up the control schema and the shared scope, which the other contenders' policies rest on too. */
export async function setUp(binary: Binary, directory: string, database: Database): Promise<void> {
  const project = join(directory, `setup-${database.database}`)
  await writeProject(project, database)
  await run(binary, project, ['migrate', 'up', '--scope', 'shared'])
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
    async provision(companies) {
      await writeFile(join(before, 'companies.txt'), companies.join('\n'))
      await run(binary, before, ['tenant', 'create', '--from', 'companies.txt'])
    },
    rollOut: () => run(binary, after, ['migrate', 'up']),
  }
}

async function writeProject(directory: string, { host, port, user, password, database }: Database): Promise<void> {
  await mkdir(directory, { recursive: true })
  await cp(shippedMigrations, join(directory, 'migrations'), { recursive: true })
  const config = {
    postgres: { host, port, user, password, database },
    // The shared role's password belongs to the server, so the projects share one place for secrets.
    secrets: { directory: '../secrets' },
  }
  await writeFile(join(directory, 'dbsvc.config.json'), JSON.stringify(config))
}

async function run(binary: Binary, cwd: string, args: readonly string[]): Promise<void> {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' }
  await execa(process.execPath, [binary.file, ...args], { cwd, env, extendEnv: false, stdout: 'ignore' })
}
