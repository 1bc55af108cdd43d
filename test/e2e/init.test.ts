import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { runDbsvc } from '../support/dbsvc.ts'
import { columnsOf, isForced, policiesOf, relationsIn } from './support/catalogue.ts'
import { expectExit, type Given, givenProject, secretsDirectory } from './support/given.ts'

const filesOf = async (directory: string): Promise<string[]> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

describe('given a folder for a new project', () => {
  let given: Given
  let directory: string
  beforeAll(async () => {
    given = await givenProject()
    directory = join(given.directory, 'trading')
  })

  test('when init is run, then configuration, migrations, compose file and a CI example are there', async () => {
    const result = await given.dbsvc(['init', 'trading'])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toContain('written  dbsvc.config.yaml\n')
    expect(result.stderr).toContain('cd trading')
    expect(await readdir(directory)).toEqual(
      expect.arrayContaining([
        '.env.example',
        '.gitignore',
        '.github',
        'README.md',
        'compose.yaml',
        'dbsvc.config.yaml',
      ]),
    )
    for (const engine of ['postgres', 'clickhouse', 'weaviate', 'arango']) {
      expect((await readdir(join(directory, 'migrations', engine))).sort()).toEqual(['shared', 'tenant'])
    }
    const compose = await readFile(join(directory, 'compose.yaml'), 'utf8')
    expect(compose.match(/^ {2}\w+:\n(?= {4})/gm)).toHaveLength(5)
    expect(compose.match(/healthcheck:/g)).toHaveLength(5)
    const written = result.stdout.match(/^written {2}.+$/gm) ?? []
    expect(written).toHaveLength((await filesOf(directory)).length)
  })

  test('when its migrations are applied, then they give a shared schema and a company of their own', async () => {
    const { host, port, user, password, database } = given.database
    const env = {
      DBSVC_POSTGRES_HOST: host,
      DBSVC_POSTGRES_PORT: String(port),
      DBSVC_POSTGRES_USER: user,
      DBSVC_POSTGRES_PASSWORD: password,
      DBSVC_POSTGRES_DATABASE: database,
      DBSVC_SECRETS_DIRECTORY: secretsDirectory(),
    }
    expectExit(await runDbsvc(['migrate', 'up'], { cwd: directory, env }), ExitCode.Ok)
    expectExit(await runDbsvc(['tenant', 'create', 'company_abc'], { cwd: directory, env }), ExitCode.Ok)
    expect(await relationsIn(given.database, 'public')).toEqual([
      'instruments',
      'price_alerts',
      'tenant_configuration_history',
      'tenant_configurations',
    ])
    expect(await isForced(given.database, 'public.price_alerts')).toBe(true)
    expect(await columnsOf(given.database, 'tenant_company_abc.users')).toContain('email')
    expect(await policiesOf(given.database, 'tenant_company_abc.users')).toContain('company_proof')
  })

  test('when init is run again over changed files, then they are kept and only what is missing is written', async () => {
    await given.write('trading/README.md', 'mine')
    await rm(join(directory, 'compose.yaml'))
    const result = await given.dbsvc(['init', 'trading', '--json', '--quiet'])
    expectExit(result, ExitCode.Ok)
    expect(result.stderr).toBe('')
    const { kept, ...rest } = result.json<{ kept: string[] }>()
    expect(rest).toEqual({ schema: 'dbsvc/init/1', directory, written: ['compose.yaml'] })
    expect(kept).toContain('README.md')
    expect(await readFile(join(directory, 'README.md'), 'utf8')).toBe('mine')
  })
})

describe('given the folder itself', () => {
  test('when init is run without a folder, then the project is written right there', async () => {
    const { directory } = await givenProject()
    const result = await runDbsvc(['init'], { cwd: directory })
    expectExit(result, ExitCode.Ok)
    expect(result.stderr).not.toContain('  cd ')
    expect(await readdir(directory)).toContain('dbsvc.config.yaml')
    expect(directory.startsWith(inject('runDirectory'))).toBe(true)
  })
})
