import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { describeEngine } from '../support/engines.ts'
import { uniqueName } from '../support/unique-name.ts'
import { connectValkey, startValkey, type TestValkey, valkeyServer } from '../support/valkey.ts'
import { type ErrorDocument, expectError, expectExit, type Given, givenCluster, orders } from './support/given.ts'
import { dragonflyConfig } from './support/valkey-config.ts'

const migrations = { 'postgres/tenant/0001_orders.sql': orders }

/** What the server itself says of a company's user; null where it has none. */
async function userIn(admin: Redis, company: string): Promise<{ readonly on: boolean } | null> {
  const user = (await admin.call('ACL', 'GETUSER', `tenant_${company}`)) as unknown[] | null
  if (user === null) return null
  const flags = user[user.indexOf('flags') + 1] as string[]
  return { on: flags.includes('on') }
}

const stateOf = async (given: Given, company: string): Promise<string | undefined> =>
  (
    await given.database.query<{ state: string }>(`select state from dbsvc.companies where company_id = '${company}'`)
  )[0]?.state

const placementsOf = (given: Given, company: string): Promise<{ engine: string; state: string }[]> =>
  given.database.query(`select engine, state from dbsvc.placements where company_id = '${company}' order by engine`)

describeEngine('valkey', 'given a cluster with a second engine', () => {
  let given: Given
  let admin: Redis
  let company: string
  beforeAll(async () => {
    const server = await valkeyServer()
    admin = connectValkey(server)
    given = await givenCluster({ migrations, config: dragonflyConfig(server) })
    company = uniqueName('co')
  })

  test('when a company is created, then it is active once both engines have it', async () => {
    expectExit(await given.dbsvc(['tenant', 'create', company, '--tier', 'pro']), ExitCode.Ok)
    expect(await stateOf(given, company)).toBe('active')
    expect(await userIn(admin, company)).toEqual({ on: true })
    expect(await placementsOf(given, company)).toEqual([{ engine: 'dragonfly', state: 'active' }])
  })

  test('when it is shown, then with what it has in each', async () => {
    await admin.set(`t:${company}:greeting`, 'hello')
    const view = (await given.dbsvc(['tenant', 'show', company, '--json'])).json<{ stores: object[] }>()
    expect(view.stores).toEqual([
      expect.objectContaining({
        engine: 'dragonfly',
        state: 'active',
        reason: null,
        unreachable: null,
        facts: expect.objectContaining({ place: `keys t:${company}:*`, items: 1, itemKind: 'keys' }),
      }),
    ])
    const text = (await given.dbsvc(['tenant', 'show', company])).stdout
    expect(text).toMatch(new RegExp(`^dragonfly +keys t:${company}:\\*, active$`, 'm'))
    expect(text).toMatch(/^ {2}has +1 keys, /m)
  })

  test('when it is suspended and resumed, then so is its user', async () => {
    expectExit(await given.dbsvc(['tenant', 'suspend', company]), ExitCode.Ok)
    expect(await userIn(admin, company)).toEqual({ on: false })
    expect(await placementsOf(given, company)).toEqual([{ engine: 'dragonfly', state: 'suspended' }])
    const again = await given.dbsvc(['tenant', 'suspend', company])
    expect(again.stdout).toContain('is suspended already')
    expectExit(await given.dbsvc(['tenant', 'resume', company]), ExitCode.Ok)
    expect(await userIn(admin, company)).toEqual({ on: true })
    expect(await placementsOf(given, company)).toEqual([{ engine: 'dragonfly', state: 'active' }])
  })

  test('when its limits change, then the other engine has them too', async () => {
    expectExit(await given.dbsvc(['tenant', 'set', company, '--limit', 'cacheKeys=77']), ExitCode.Ok)
    expect(await admin.hget('dbsvc:budgets', company)).toContain('77')
  })

  test('when it is dropped, then its data is exported first and nothing of it is left', async () => {
    await admin.set(`t:${company}:farewell`, 'bye')
    await given.database.query(`insert into tenant_${company}.orders (id, amount) values (1, 12.50), (2, 99)`)
    const result = await given.dbsvc(['tenant', 'drop', company, '--confirm', company, '--export', 'kept', '--json'])
    expectExit(result, ExitCode.Ok)
    const { engines, export: folder } = result.json<{ engines: string[]; export: string }>()
    expect(engines).toEqual(['dragonfly', 'postgres'])
    expect(folder.startsWith(join(given.directory, 'kept', company))).toBe(true)
    const rows = await readFile(join(folder, 'postgres', `tenant_${company}.orders.ndjson`), 'utf8')
    expect(
      rows
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(
      [
        { company_id: expect.anything(), id: 1, amount: 12.5 },
        { company_id: expect.anything(), id: 2, amount: 99 },
      ].map(({ id, amount }) => expect.objectContaining({ id, amount })),
    )
    const manifest = JSON.parse(await readFile(join(folder, 'export.json'), 'utf8'))
    expect(manifest).toMatchObject({ company, tier: 'pro' })
    const keys = (
      await Promise.all(
        (await readdir(join(folder, 'dragonfly'))).map((file) => readFile(join(folder, 'dragonfly', file), 'utf8')),
      )
    ).join('')
    expect(keys).toContain('farewell')

    expect(await userIn(admin, company)).toBeNull()
    expect((await admin.keys('*')).filter((key) => key.includes(company))).toEqual([])
    expect(await placementsOf(given, company)).toEqual([])
    expect(await stateOf(given, company)).toBeUndefined()
  })

  test('when no export is wanted, then none is written', async () => {
    const other = uniqueName('co')
    expectExit(await given.dbsvc(['tenant', 'create', other]), ExitCode.Ok)
    const result = await given.dbsvc(['tenant', 'drop', other, '--confirm', other, '--no-export'])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toContain('no export was taken')
    expect(await readdir(given.directory)).not.toContain('exports')
    expect(await userIn(admin, other)).toBeNull()
  })
})

describeEngine('valkey', 'given an engine that is down', () => {
  let given: Given
  let server: TestValkey & { pid: number }
  let folder: string
  beforeAll(async () => {
    folder = (await givenCluster({ migrations })).directory
    server = await startValkey(folder)
    given = await givenCluster({ migrations, config: dragonflyConfig(server) })
    process.kill(server.pid, 'SIGKILL')
  })

  test('when a company is created, then it is not let in, and the command names the engine', async () => {
    const result = await given.dbsvc(['tenant', 'create', 'half_made', '--json'])
    expectExit(result, ExitCode.Failed)
    const { error } = result.json<ErrorDocument<{ places: { engine: string; reason: string }[] }>>()
    expect(error).toMatchObject({ code: 'DBS-1213', details: { company: 'half_made' } })
    expect(error.details.places).toEqual([
      { engine: 'DragonflyDB', reason: expect.stringContaining('cannot reach DragonflyDB') },
    ])
    expect(await stateOf(given, 'half_made')).toBe('provisioning')
    const shown = await given.dbsvc(['tenant', 'show', 'half_made'])
    expect(shown.stdout).toMatch(/^dragonfly +-, provisioning: cannot reach DragonflyDB/m)
  })

  test('when it is to be rolled back, then what cannot be proven gone is told', async () => {
    const result = await given.dbsvc(['tenant', 'create', 'half_made', '--rollback'])
    expectError(result, ExitCode.Failed, 'DBS-1211')
    expect(result.stderr).toContain('cannot reach DragonflyDB')
    expect(await stateOf(given, 'half_made')).toBe('dropping')
  })

  test('when another is suspended or migrated, then PostgreSQL does its part, and the rest is told', async () => {
    const migrated = await given.dbsvc(['migrate', 'up', '--engine', 'dragonfly'])
    expectError(await given.dbsvc(['tenant', 'create', 'second']), ExitCode.Failed, 'DBS-1213')
    expectExit(migrated, ExitCode.Ok)
    expectError(await given.dbsvc(['migrate', 'up']), ExitCode.Engine, 'DBS-1101')
  })

  test('when it is back, then the same commands go on where they stopped', async () => {
    const back = await startValkey(folder)
    await given.write(
      'dbsvc.config.json',
      JSON.stringify({
        ...JSON.parse(await readFile(join(given.directory, 'dbsvc.config.json'), 'utf8')),
        ...dragonflyConfig(back),
      }),
    )
    const admin = connectValkey(back)
    expectExit(await given.dbsvc(['tenant', 'create', 'second']), ExitCode.Ok)
    expect(await stateOf(given, 'second')).toBe('active')
    expect(await userIn(admin, 'second')).toEqual({ on: true })
    expectExit(await given.dbsvc(['tenant', 'drop', 'half_made', '--confirm', 'half_made']), ExitCode.Ok)
    expect(await userIn(admin, 'half_made')).toBeNull()
    process.kill(back.pid, 'SIGTERM')
  })
})

describeEngine('valkey', 'given companies from before a second engine', () => {
  test('when it is added to the configuration, then migrate up gives each its place there', async () => {
    const server = await valkeyServer()
    const admin = connectValkey(server)
    const companies = [uniqueName('co'), uniqueName('co')]
    const given = await givenCluster({ migrations, companies })
    await given.write(
      'dbsvc.config.json',
      JSON.stringify({
        ...JSON.parse(await readFile(join(given.directory, 'dbsvc.config.json'), 'utf8')),
        ...dragonflyConfig(server),
      }),
    )
    expectExit(await given.dbsvc(['tenant', 'suspend', companies[1] ?? '']), ExitCode.Ok)
    const result = await given.dbsvc(['migrate', 'up'])
    expectExit(result, ExitCode.Ok)
    expect(result.stderr).toMatch(/^place +dragonfly tenant on 2 companies/m)
    expect(await userIn(admin, companies[0] ?? '')).toEqual({ on: true })
    expect(await userIn(admin, companies[1] ?? '')).toEqual({ on: false })
    const again = await given.dbsvc(['migrate', 'up'])
    expect(again.stdout).toContain('nothing to do')
  })

  test('when one with a place in an engine that is not configured any more is dropped, then that is refused', async () => {
    const server = await valkeyServer()
    const company = uniqueName('co')
    const given = await givenCluster({ migrations, companies: [company], config: dragonflyConfig(server) })
    const config = JSON.parse(await readFile(join(given.directory, 'dbsvc.config.json'), 'utf8'))
    await given.write('dbsvc.config.json', JSON.stringify({ ...config, dragonfly: undefined }))
    expectError(
      await given.dbsvc(['tenant', 'drop', company, '--confirm', company, '--no-export']),
      ExitCode.Refused,
      'DBS-1108',
    )
    expect(await userIn(connectValkey(server), company)).toEqual({ on: true })
  })
})

describe('given PostgreSQL alone', () => {
  test('when a company is dropped, then its data is exported to exports/', async () => {
    const company = uniqueName('co')
    const given = await givenCluster({ migrations, companies: [company] })
    await given.database.query(`insert into tenant_${company}.orders (id, amount) values (7, 1)`)
    const result = await given.dbsvc(['tenant', 'drop', company, '--confirm', company])
    expectExit(result, ExitCode.Ok)
    const [folder = ''] = await readdir(join(given.directory, 'exports'))
    const rows = await readFile(
      join(given.directory, 'exports', folder, 'postgres', `tenant_${company}.orders.ndjson`),
      'utf8',
    )
    expect(JSON.parse(rows)).toMatchObject({ id: 7 })
    expect(result.stdout).toContain('nothing of it is left')
  })
})
