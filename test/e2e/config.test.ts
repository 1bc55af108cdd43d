import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { runDbsvc } from '../support/dbsvc.ts'
import { expectError, expectExit, givenProject } from './support/given.ts'

interface ViewDocument {
  readonly schema: string
  readonly file: string | null
  readonly settings: readonly { path: string; value: unknown; origin: { kind: string; name?: string; path?: string } }[]
}

/** An empty folder that ends the search for a configuration, as the root of a repository does. */
async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(inject('runDirectory'), 'config-'))
  await writeFile(join(folder, '.git'), '')
  return folder
}

async function settingsIn(folder: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const result = await runDbsvc([...args, 'config', 'view', '--json'], { cwd: folder, env })
  expectExit(result, ExitCode.Ok)
  const document = result.json<ViewDocument>()
  return { ...document, of: (path: string) => document.settings.find((setting) => setting.path === path) }
}

describe('given settings from several places', () => {
  test('when they are viewed, then each has its value and its origin, and secrets are not shown', async () => {
    const given = await givenProject({ config: { postgres: { connectTimeoutMs: 1234 } } })
    const env = { DBSVC_MIGRATIONS_BATCH_SIZE: '7', DBSVC_POSTGRES_SERVICE_PASSWORD: 'Serv1ce-secret' }
    const file = join(given.directory, 'dbsvc.config.json')
    const view = await settingsIn(given.directory, [], env)
    expect(view.schema).toBe('dbsvc/config.view/1')
    expect(view.file).toBe(file)
    expect(view.of('postgres.connectTimeoutMs')).toEqual({
      path: 'postgres.connectTimeoutMs',
      value: 1234,
      origin: { kind: 'file', path: file },
    })
    expect(view.of('migrations.batchSize')).toMatchObject({
      value: 7,
      origin: { kind: 'environment', name: 'DBSVC_MIGRATIONS_BATCH_SIZE' },
    })
    expect(view.of('migrations.connections')).toMatchObject({ value: 2, origin: { kind: 'default' } })
    expect(view.of('postgres.password')?.value).not.toBe(given.database.password)

    const text = await given.dbsvc(['config', 'view'], { env })
    expectExit(text, ExitCode.Ok)
    expect(text.stdout).toMatch(/^migrations\.batchSize +7 +DBSVC_MIGRATIONS_BATCH_SIZE$/m)
    expect(text.stdout).toMatch(/^migrations\.connections +2 +default$/m)
    expect(text.stderr).toContain(`configuration file: ${file}`)
    for (const secret of [given.database.password, 'Serv1ce-secret']) {
      expect(text.stdout + text.stderr + JSON.stringify(view)).not.toContain(secret)
    }
  })

  test('when there is no file at all, then every setting has its default', async () => {
    const view = await settingsIn(await emptyFolder())
    expect(view.file).toBeNull()
    expect(new Set(view.settings.map(({ origin }) => origin.kind))).toEqual(new Set(['default']))
  })
})

describe('given a configuration in each of its formats', () => {
  test.each([
    ['dbsvc.config.yaml', 'migrations:\n  batchSize: 11\n'],
    ['dbsvc.config.yml', 'migrations: {batchSize: 11}'],
    ['dbsvc.config.json', '{"migrations": {"batchSize": 11}}'],
    ['dbsvc.config.ts', 'const size: number = 11\nexport default { migrations: { batchSize: size } }'],
    ['dbsvc.config.js', 'export default { migrations: { batchSize: 11 } }'],
    ['.dbsvcrc', 'migrations:\n  batchSize: 11\n'],
    ['package.json', '{"name": "x", "type": "module", "dbsvc": {"migrations": {"batchSize": 11}}}'],
  ])('when it is %s, then it is found', async (name, content) => {
    const folder = await emptyFolder()
    if (name.endsWith('.js')) await writeFile(join(folder, 'package.json'), '{"type": "module"}')
    await writeFile(join(folder, name), content)
    const view = await settingsIn(folder)
    expect(view.of('migrations.batchSize')?.value).toBe(11)
    expect(view.file).toBe(join(folder, name))
  })

  test('when --config or -c names a file, then it is used and no other', async () => {
    const folder = await emptyFolder()
    await writeFile(join(folder, 'dbsvc.config.yaml'), 'migrations: {batchSize: 11}')
    await writeFile(join(folder, 'staging.yaml'), 'migrations: {connections: 5}')
    for (const flags of [['--config', 'staging.yaml'], ['-c', 'staging.yaml'], ['--config=staging.yaml']]) {
      const view = await settingsIn(folder, flags)
      expect(view.file).toBe(join(folder, 'staging.yaml'))
      expect(view.of('migrations.connections')?.value).toBe(5)
      expect(view.of('migrations.batchSize')?.value).toBe(50)
    }
    const behind = await runDbsvc(['config', 'view', '--config', 'staging.yaml'], { cwd: folder })
    expectExit(behind, ExitCode.Ok)
    expect(behind.stdout).toMatch(/^migrations\.connections +5 /m)
  })

  test('when values are references to the environment and to files, then they are resolved, and a missing one is a fault', async () => {
    const folder = await emptyFolder()
    await writeFile(join(folder, 'password'), 'from-a-file\n')
    await writeFile(
      join(folder, 'dbsvc.config.json'),
      JSON.stringify({
        postgres: { host: `\${env:PG_PLACE}`, port: `\${env:PG_PORT}`, password: `\${file:password}` },
      }),
    )
    const view = await settingsIn(folder, [], { PG_PLACE: 'db.example', PG_PORT: '6543' })
    expect(view.of('postgres.host')?.value).toBe('db.example')
    expect(view.of('postgres.port')?.value).toBe(6543)
    expect(JSON.stringify(view)).not.toContain('from-a-file')
    const missing = await runDbsvc(['config', 'view'], { cwd: folder, env: { PG_PLACE: 'db.example' } })
    expectError(missing, ExitCode.Configuration, 'DBS-1001')
    expect(missing.stderr).toContain('postgres.port: the environment variable PG_PORT is not set')
  })
})

describe('given the schema of the configuration', () => {
  test('when it is printed, then it is the committed one, with and without --json', async () => {
    const folder = await emptyFolder()
    const committed: unknown = JSON.parse(await readFile(new URL('../../dbsvc.schema.json', import.meta.url), 'utf8'))
    const plain = await runDbsvc(['config', 'schema'], { cwd: folder })
    expectExit(plain, ExitCode.Ok)
    expect(JSON.parse(plain.stdout)).toEqual(committed)
    expect((await runDbsvc(['config', 'schema', '--json'], { cwd: folder })).json()).toEqual(committed)
  })

  test('when the configuration is broken, then the schema can be printed all the same', async () => {
    const folder = await emptyFolder()
    await writeFile(join(folder, 'dbsvc.config.json'), '{')
    expectExit(await runDbsvc(['config', 'schema'], { cwd: folder }), ExitCode.Ok)
  })
})
