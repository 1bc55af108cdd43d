import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { companiesOf } from './support/catalogue.ts'
import { expectError, givenOrders, givenProject } from './support/given.ts'
import { findOldNode, runUnprivileged, runWithNode } from './support/machine.ts'

describe('given places that cannot be read or written', () => {
  test('when the secret place cannot be made, then migrate up says where and why', async () => {
    const given = await givenProject({ config: { secrets: { directory: '/proc/dbsvc-secrets' } } })
    const result = await given.dbsvc(['migrate', 'up'])
    expectError(result, ExitCode.Configuration, 'DBS-1003')
    expect(result.stderr).toContain('/proc/dbsvc-secrets')
    expect(result.stderr).toContain('secrets.directory')
  })

  test('when the password of a LOGIN role cannot be kept, then no role and no company are made', async () => {
    const given = await givenOrders()
    const result = await given.dbsvc(['tenant', 'create', 'keyless', '--login'], {
      env: { DBSVC_SECRETS_DIRECTORY: '/proc/dbsvc-secrets' },
    })
    expectError(result, ExitCode.Configuration, 'DBS-1003')
    expect(await companiesOf(given.database)).toEqual([])
    expect(await given.database.query(`select from pg_roles where rolname = 'tenant_keyless'`)).toEqual([])
  })

  test('when init is run by a user who may not write there, then nothing is left behind', async () => {
    const folder = join((await givenProject()).directory, 'closed')
    await mkdir(folder)
    await chmod(folder, 0o555)
    const result = await runUnprivileged(['init', folder], '/')
    expect(result.exitCode, result.stderr).toBe(ExitCode.Failed)
    expect(result.stderr).toContain('(DBS-1801)')
    expect(result.stderr).toContain(folder)
    expect(await readdir(folder)).toEqual([])
  })

  test('when the folder of init is below a file, then the file stays as it is', async () => {
    const given = await givenProject()
    await given.write('file', 'content')
    const result = await given.dbsvc(['init', 'file/project'])
    expectError(result, ExitCode.Failed, 'DBS-1801')
    expect(await readFile(join(given.directory, 'file'), 'utf8')).toBe('content')
  })

  test('when migrations.directory names a folder that does not exist, then nothing else is applied in its stead', async () => {
    const given = await givenProject({ config: { migrations: { directory: 'elsewhere' } } })
    const result = await given.dbsvc(['migrate', 'plan'])
    expectError(result, ExitCode.Configuration, 'DBS-1301')
    expect(result.stderr).toContain(join(given.directory, 'elsewhere'))
  })

  test('when a file stands where the migrations folder should be, then it is named', async () => {
    const given = await givenProject()
    await given.write('migrations/postgres/tenant', 'a file')
    const result = await given.dbsvc(['migrate', 'up'])
    expectError(result, ExitCode.Configuration, 'DBS-1301')
    expect(await given.database.query(`select from pg_namespace where nspname = 'dbsvc'`)).toEqual([])
  })
})

describe('given a Node that is too old', () => {
  test('when dbsvc is started with it, then it says which it needs', async ({ skip }) => {
    const node = await findOldNode()
    if (node === null) return skip('no Node older than 22 is on the PATH of this machine')
    const result = await runWithNode(node, ['migrate', 'up'], inject('runDirectory'))
    expect(result.exitCode).toBe(ExitCode.Configuration)
    expect(result.stderr).toMatch(/^dbsvc needs Node 22\.19 or newer; this is Node \d+\.\d+\.\d+ \(DBS-1901\)$/m)
    expect(result.stderr).toMatch(/^hint: install a newer Node/m)
    expect(result.stdout).toBe('')
  })
})

describe('given a configuration with faults', () => {
  test('when there are several, from file and environment, then all are reported together with where each came from', async () => {
    const given = await givenProject({
      config: {
        postgres: { port: 99_999, pasword: 'x' },
        migrations: { batchSize: 'many' },
        secrets: { directory: `\${env:NOT_SET}` },
      },
    })
    const env = { DBSVC_POSTGRES_CONNECT_TIMEOUT_MS: 'soon', DBSVC_MIGRATION_BATCH_SIZE: '3' }
    const result = await given.dbsvc(['migrate', 'up'], { env })
    expectError(result, ExitCode.Configuration, 'DBS-1001')
    expect(result.stderr).toContain('the configuration has 6 faults')
    const file = join(given.directory, 'dbsvc.config.json')
    expect(result.stderr).toMatch(/postgres\.port: .*65535/)
    expect(result.stderr).toContain(`postgres.pasword: unknown setting; did you mean postgres.password? (${file})`)
    expect(result.stderr).toMatch(/migrations\.batchSize: /)
    expect(result.stderr).toContain('secrets.directory: the environment variable NOT_SET is not set')
    expect(result.stderr).toContain('(environment variable DBSVC_POSTGRES_CONNECT_TIMEOUT_MS)')
    expect(result.stderr).toContain(
      'DBSVC_MIGRATION_BATCH_SIZE: names no setting; did you mean DBSVC_MIGRATIONS_BATCH_SIZE?',
    )
    expect(await given.database.query(`select from pg_namespace where nspname = 'dbsvc'`)).toEqual([])
  })

  test('when the file does not parse, then its place is named and nothing of its content is printed', async () => {
    const given = await givenProject()
    await writeFile(join(given.directory, 'dbsvc.config.json'), '{"postgres": {"password": "Sesame-0pen" "user": 1}}')
    const result = await given.dbsvc(['migrate', 'up', '--verbose', '--json'])
    expectError(result, ExitCode.Configuration, 'DBS-1002')
    expect(result.stdout + result.stderr).not.toContain('Sesame-0pen')
  })

  test('when the file named by --config does not exist, then no other is used', async () => {
    const given = await givenProject()
    const result = await given.dbsvc(['--config', 'other.json', 'migrate', 'up'])
    expectError(result, ExitCode.Configuration, 'DBS-1002')
    expect(result.stderr).toContain(join(given.directory, 'other.json'))
  })
})
