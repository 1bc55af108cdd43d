// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the configuration's own references look like templates
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { LoadedConfig, LoadOptions } from '../../../src/config/load.ts'
import { loadConfig } from '../../../src/config/loader.ts'
import type { DbsvcError } from '../../../src/core/errors/error.ts'
import { giveToUnprivileged, runNodeUnprivileged } from '../node-process.ts'
import { type TemporaryFolder, temporaryFolder } from '../temporary-folder.ts'

interface Loading extends LoadedConfig {
  readonly concealed: readonly string[]
}

async function load(folder: TemporaryFolder, options: Partial<LoadOptions> = {}): Promise<Loading> {
  const concealed: string[] = []
  const loaded = await loadConfig({ cwd: folder.path, env: {}, ...options }, (secret) => concealed.push(secret))
  return { ...loaded, concealed }
}

async function refusal(folder: TemporaryFolder, options: Partial<LoadOptions> = {}): Promise<DbsvcError> {
  return load(folder, options).then(
    () => expect.fail('the configuration was accepted'),
    (error: DbsvcError) => error,
  )
}

describe('given no configuration file', () => {
  test('when loaded, then every setting has its default and says so', async () => {
    const folder = await temporaryFolder()
    const { config, file, root, origins } = await load(folder)
    expect(config.postgres.port).toBe(5432)
    expect(file).toBeNull()
    expect(root).toBe(folder.path)
    expect(origins.get('tiers.free.workMemKb')).toEqual({ kind: 'default' })
    expect([...origins.values()].every((origin) => origin.kind === 'default')).toBe(true)
  })
})

describe('given a configuration file', () => {
  const files: readonly (readonly [string, string])[] = [
    ['dbsvc.config.yaml', 'postgres:\n  port: 6000\n'],
    ['dbsvc.config.yml', 'postgres:\n  port: 6000\n'],
    ['dbsvc.config.json', '{"postgres": {"port": 6000}}'],
    ['dbsvc.config.ts', 'const port: number = 6000\nexport default { postgres: { port } }\n'],
    ['dbsvc.config.mts', 'const port: number = 6000\nexport default { postgres: { port } }\n'],
    ['dbsvc.config.mjs', 'export default { postgres: { port: 6000 } }\n'],
    ['dbsvc.config.cjs', 'module.exports = { postgres: { port: 6000 } }\n'],
    ['dbsvc.config.js', 'module.exports = { postgres: { port: 6000 } }\n'],
    ['.dbsvcrc', 'postgres:\n  port: 6000\n'],
    ['.dbsvcrc.json', '{"postgres": {"port": 6000}}'],
    ['.dbsvcrc.yaml', 'postgres:\n  port: 6000\n'],
    ['package.json', '{"name": "project", "dbsvc": {"postgres": {"port": 6000}}}'],
  ]
  test.each(files)('named %s, when loaded, then its settings are used', async (name, content) => {
    const folder = await temporaryFolder()
    const path = await folder.write(name, content)
    const { config, file, root, origins } = await load(folder)
    expect(config.postgres.port).toBe(6000)
    expect(file).toBe(path)
    expect(root).toBe(folder.path)
    expect(origins.get('postgres.port')).toEqual({ kind: 'file', path })
    expect(origins.get('postgres.host')).toEqual({ kind: 'default' })
  })

  test('in a folder above, when loaded, then it is found and relative paths start there', async () => {
    const folder = await temporaryFolder()
    await folder.write('dbsvc.config.yaml', 'postgres: { port: 6000 }')
    await folder.write('packages/api/package.json', '{"name": "api"}')
    const { config, root } = await load(folder, { cwd: join(folder.path, 'packages/api') })
    expect(config.postgres.port).toBe(6000)
    expect(root).toBe(folder.path)
  })

  test('above the root of the repository, when loaded, then it is not looked for', async () => {
    const folder = await temporaryFolder()
    await folder.write('dbsvc.config.yaml', 'postgres: { port: 6000 }')
    await mkdir(join(folder.path, 'repository/.git'), { recursive: true })
    const { file } = await load(folder, { cwd: join(folder.path, 'repository') })
    expect(file).toBeNull()
  })

  test('named by --config, when loaded, then nothing is searched for', async () => {
    const folder = await temporaryFolder()
    await folder.write('dbsvc.config.yaml', 'postgres: { port: 6000 }')
    const path = await folder.write('deploy/staging.yaml', 'postgres: { port: 7000 }')
    const { config, file, root } = await load(folder, { file: 'deploy/staging.yaml' })
    expect(config.postgres.port).toBe(7000)
    expect(file).toBe(path)
    expect(root).toBe(join(folder.path, 'deploy'))
  })

  test('of comments and empty groups only, when loaded, then it is an empty configuration', async () => {
    const folder = await temporaryFolder()
    const path = await folder.write('dbsvc.config.yaml', '# nothing yet\n\n# at all\n')
    expect((await load(folder)).file).toBe(path)
    await folder.write('dbsvc.config.yaml', 'postgres:\n  # host: db\ntiers:\n')
    expect((await load(folder)).config.postgres.host).toBe('127.0.0.1')
  })
})

describe('given a file that cannot be read', () => {
  const password = 'hunter2-hunter2'
  const broken: readonly (readonly [string, string, RegExp])[] = [
    ['dbsvc.config.yaml', `postgres:\n  password: ${password}\n bad: [1\n`, /not valid YAML: .* at line 3, column 2$/],
    ['dbsvc.config.json', `{"postgres": {"password": ${password}}}`, /not valid JSON$/],
    ['dbsvc.config.ts', `const password: = '${password}'\nexport default {}`, /Unexpected token/],
    ['dbsvc.config.mjs', 'throw new Error("no such profile")', /no such profile$/],
    ['.dbsvcrc', '- a list\n', /holds no settings by name$/],
  ]
  test.each(broken)('as %s, when loaded, then DBS-1002 says why and quotes nothing', async (name, content, reason) => {
    const folder = await temporaryFolder()
    const path = await folder.write(name, content)
    const error = await refusal(folder)
    expect(error.code).toBe('DBS-1002')
    expect(error.message).toContain(path)
    expect(error.message).toMatch(reason)
    expect(error.message).not.toContain('hunter2')
    expect(String((error.cause as Error | undefined)?.stack)).not.toContain('hunter2')
  })

  test('because --config names none, when loaded, then DBS-1002', async () => {
    const folder = await temporaryFolder()
    const error = await refusal(folder, { file: 'nowhere.yaml' })
    expect(error.code).toBe('DBS-1002')
    expect(error.message).toContain('it does not exist')
  })

  test('because its mode forbids it, when searched for, then DBS-1002 and no defaults', async () => {
    const folder = await temporaryFolder()
    const path = await folder.write('dbsvc.config.yaml', 'postgres: { port: 6000 }')
    await giveToUnprivileged(folder.path, path)
    await chmod(path, 0)
    const module = new URL('../../../src/config/loader.ts', import.meta.url).href
    const printed = await runNodeUnprivileged(`
      const { loadConfig } = await import(${JSON.stringify(module)})
      const options = { cwd: ${JSON.stringify(folder.path)}, env: {} }
      await loadConfig(options, () => {}).catch((error) => console.log(error.code, error.message))`)
    expect(printed).toBe(`DBS-1002 cannot read the configuration ${path}: permission denied\n`)
  })
})

describe('given DBSVC_ variables', () => {
  test('when loaded, then they go before the file and are read as the type of their setting', async () => {
    const folder = await temporaryFolder()
    await folder.write('dbsvc.config.yaml', 'postgres: { port: 6000, host: db }')
    const { config, origins } = await load(folder, {
      env: {
        DBSVC_POSTGRES_PORT: '7000',
        DBSVC_POSTGRES_DATABASE: '2024',
        DBSVC_MIGRATIONS_SEARCH_PATH: 'extensions, public',
        DBSVC_DEV_COMPANIES: '["company_one"]',
        PGPASSWORD: 'not looked at',
        DBSVC_TEST_ENGINE: 'of the tests, no setting',
      },
    })
    expect(config.postgres).toMatchObject({ port: 7000, host: 'db', database: '2024' })
    expect(config.postgres.password).toBeUndefined()
    expect(config.migrations.searchPath).toEqual(['extensions', 'public'])
    expect(config.dev.companies).toEqual(['company_one'])
    expect(origins.get('postgres.port')).toEqual({ kind: 'environment', name: 'DBSVC_POSTGRES_PORT' })
    expect(origins.get('postgres.host')).toMatchObject({ kind: 'file' })
  })

  test('when one sets a part of a tier, then the rest of the tier keeps its defaults', async () => {
    const { config, origins } = await load(await temporaryFolder(), { env: { DBSVC_TIERS_FREE_WORK_MEM_KB: '8192' } })
    expect(config.tiers.free).toEqual({
      statementTimeoutMs: 5_000,
      lockTimeoutMs: 2_000,
      workMemKb: 8_192,
      parallelWorkers: 0,
      loginConnections: 10,
      tempFileKb: 262_144,
      queryMemoryKb: 262_144,
      queriesPerHour: 1_000,
      cacheKeys: 10_000,
      vectorObjects: 10_000,
    })
    expect(origins.get('tiers.free.statementTimeoutMs')).toEqual({ kind: 'default' })
  })

  test('when a flag sets the same, then the flag wins', async () => {
    const { config, origins } = await load(await temporaryFolder(), {
      env: { DBSVC_DEV_PORT: '1' },
      flags: { 'dev.port': { name: '--port', value: 2 } },
    })
    expect(config.dev.port).toBe(2)
    expect(origins.get('dev.port')).toEqual({ kind: 'flag', name: '--port' })
  })
})

describe('given references', () => {
  test('when loaded, then they are replaced, whole values and parts, relative to the file', async () => {
    const folder = await temporaryFolder()
    await folder.write('secrets/password', 'correct horse\n\n')
    await folder.write(
      'dbsvc.config.yaml',
      [
        'postgres:',
        '  host: ${env:REGION}.db.example.org',
        '  port: ${env:PORT}',
        '  password: ${file:secrets/password}',
        '  user: $${env:REGION}',
        'migrations:',
        '  searchPath: ["${env:REGION}"]',
      ].join('\n'),
    )
    const { config } = await load(folder, { env: { REGION: 'eu', PORT: '6000' } })
    expect(config.postgres).toMatchObject({
      host: 'eu.db.example.org',
      port: 6000,
      password: 'correct horse\n',
      user: '${env:REGION}',
    })
    expect(config.migrations.searchPath).toEqual(['eu'])
  })

  test('when what they bring in looks like a reference, then it is left as it is', async () => {
    const folder = await temporaryFolder()
    await folder.write('dbsvc.config.yaml', 'postgres: { password: "${env:OUTER}" }')
    const { config } = await load(folder, { env: { OUTER: '${env:INNER}', INNER: 'x' } })
    expect(config.postgres.password).toBe('${env:INNER}')
  })

  test('when what they name is missing, then each is a fault', async () => {
    const folder = await temporaryFolder()
    await folder.write(
      'dbsvc.config.yaml',
      'postgres:\n  port: ${env:PORT}\n  password: ${file:nowhere}\nmigrations:\n  searchPath: ["${env:SCHEMA}"]\n',
    )
    const { message, code } = await refusal(folder)
    expect(code).toBe('DBS-1001')
    expect(message).toContain('has 3 faults')
    expect(message).toContain('postgres.port: the environment variable PORT is not set')
    expect(message).toContain(`postgres.password: the file ${join(folder.path, 'nowhere')} does not exist`)
    expect(message).toContain('migrations.searchPath.0: the environment variable SCHEMA is not set')
  })

  test('when a variable sets the setting instead, then a missing reference is no fault', async () => {
    const folder = await temporaryFolder()
    await folder.write('dbsvc.config.yaml', 'postgres: { password: "${file:nowhere}" }')
    const { config } = await load(folder, { env: { DBSVC_POSTGRES_PASSWORD: 'from the environment' } })
    expect(config.postgres.password).toBe('from the environment')
  })
})

describe('given secrets', () => {
  test('when loaded, then they and the parts they are made of are concealed, and nothing else', async () => {
    const folder = await temporaryFolder()
    await folder.write(
      'dbsvc.config.yaml',
      'postgres: { host: "${env:HOST_NAME}", password: "prefix-${env:PART}", servicePassword: from-the-file }',
    )
    const { concealed } = await load(folder, { env: { PART: 'part-of-it', HOST_NAME: 'db' } })
    expect(new Set(concealed)).toEqual(new Set(['part-of-it', 'prefix-part-of-it', 'from-the-file']))
  })

  test('when loading fails, then they were concealed before', async () => {
    const folder = await temporaryFolder()
    await folder.write('dbsvc.config.yaml', 'postgres: [')
    const concealed: string[] = []
    const env = { DBSVC_POSTGRES_PASSWORD: 'from-the-environment' }
    await expect(loadConfig({ cwd: folder.path, env }, (secret) => concealed.push(secret))).rejects.toThrow()
    expect(concealed).toEqual(['from-the-environment'])
  })
})

describe('given faults of every kind', () => {
  test('when loaded, then all are reported at once, each with its source and what was meant', async () => {
    const folder = await temporaryFolder()
    const path = await folder.write(
      'dbsvc.config.yaml',
      'postgres:\n  prot: 6000\n  host: ""\nmigration: {}\ndev:\n  companies: [1]\nnonsense: true\n',
    )
    const error = await refusal(folder, {
      env: { DBSVC_POSTGRES_PORT: 'http', DBSVC_POSTGRES_PASWORD: 'x', DBSVC_QUITE_UNKNOWN: 'x' },
      flags: { 'dev.port': { name: '--port', value: 99_999 } },
    })
    expect(error.code).toBe('DBS-1001')
    const { faults } = error.details as { faults: readonly object[] }
    expect(faults).toEqual(
      expect.arrayContaining([
        { path: 'postgres.prot', problem: 'unknown setting; did you mean postgres.port?', source: path },
        { path: 'migration', problem: 'unknown setting; did you mean migrations?', source: path },
        { path: 'nonsense', problem: 'unknown setting', source: path },
        { path: 'postgres.host', problem: 'expected string to have >=1 characters', source: path },
        { path: 'dev.companies.0', problem: 'expected string, received number', source: path },
        {
          path: 'postgres.port',
          problem: 'expected number, received string',
          source: 'environment variable DBSVC_POSTGRES_PORT',
        },
        { path: 'dev.port', problem: 'expected number to be <=65535', source: 'flag --port' },
        {
          path: 'DBSVC_POSTGRES_PASWORD',
          problem: 'names no setting; did you mean DBSVC_POSTGRES_PASSWORD?',
          source: 'environment',
        },
        { path: 'DBSVC_QUITE_UNKNOWN', problem: 'names no setting', source: 'environment' },
      ]),
    )
    expect(faults).toHaveLength(9)
  })
})
