import { mkdtemp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { findFreePort } from '../../src/embedded/free-ports.ts'
import { describeEngine } from '../support/engines.ts'
import { uniqueName } from '../support/unique-name.ts'
import { connectValkey, startValkey, type TestValkey } from '../support/valkey.ts'
import { examine } from './support/findings.ts'
import { type Given, givenCluster, orders } from './support/given.ts'
import { dragonflyConfig } from './support/valkey-config.ts'

describeEngine('valkey', 'given a second engine', () => {
  let server: TestValkey & { pid: number }
  let admin: Redis
  let given: Given
  let company: string
  beforeAll(async () => {
    server = await startValkey(await mkdtemp(join(inject('runDirectory'), 'valkey-')))
    admin = connectValkey(server)
    company = uniqueName('co')
    given = await givenCluster({
      migrations: { 'postgres/tenant/0001_orders.sql': orders },
      companies: [company],
      config: dragonflyConfig(server),
    })
  })
  afterAll(() => process.kill(server.pid, 'SIGTERM'))

  /** With this in the configuration instead. */
  async function withConfig<Result>(section: object, work: () => Promise<Result>): Promise<Result> {
    const path = join(given.directory, 'dbsvc.config.json')
    const before = await readFile(path, 'utf8')
    await given.write('dbsvc.config.json', JSON.stringify({ ...JSON.parse(before), ...section }))
    return work().finally(() => given.write('dbsvc.config.json', before))
  }

  test('when all is well, then its version is told and neither check finds anything', async () => {
    for (const check of ['stores', 'places', 'store-drift', 'store-isolation']) {
      expect(await examine(given, check)).toEqual([])
    }
    const { facts } = (await given.dbsvc(['doctor', '--json', '--only', 'stores'])).json<{
      facts: { stores: Record<string, string> }
    }>()
    expect(facts.stores.dragonfly).toMatch(/\d+\.\d+/)
    expect((await admin.call('ACL', 'USERS')) as string[]).toEqual(['default', `tenant_${company}`])
  })

  test('when it is not there, then that is store-unreachable, and nothing else repeats it', async () => {
    const dragonfly = { url: `redis://127.0.0.1:${await findFreePort()}` }
    const found = await withConfig({ dragonfly }, () =>
      examine(given, 'stores', '--only', 'places', '--only', 'store-isolation'),
    )
    expect(found.map(({ id, severity }) => [id, severity])).toEqual([['store-unreachable', 'error']])
    expect(found[0]?.message).toContain('DragonflyDB')
  })

  test('when it refuses the password, then that is store-credentials', async () => {
    const { dragonfly } = dragonflyConfig(server)
    const found = await withConfig({ dragonfly: { ...dragonfly, password: 'another' } }, () => examine(given, 'stores'))
    expect(found.map(({ id }) => id)).toEqual(['store-credentials'])
    expect(JSON.stringify(found)).not.toContain('another')
  })

  test('when a setting will hurt, then it is told with what it means and how it is mended', async () => {
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru')
    const found = await examine(given, 'store-settings')
    await admin.config('SET', 'maxmemory-policy', 'noeviction')
    expect(found.map(({ id }) => id)).toContain('store-warning')
    expect(found.every(({ means, mend }) => means !== '' && mend !== '')).toBe(true)
  })

  test('when a restart would empty the companies, then that is good to know: store-notice', async () => {
    const notices = async () => (await examine(given, 'store-settings')).filter(({ id }) => id === 'store-notice')
    expect((await notices()).map(({ severity, message }) => [severity, message])).toEqual([
      ['info', expect.stringMatching(/^DragonflyDB: .* keeps keys in memory only$/)],
    ])
    await admin.config('SET', 'appendonly', 'yes')
    expect(await notices()).toEqual([])
    await admin.config('SET', 'appendonly', 'no')
  })

  test('when a user of a company has rights beyond its own, then that is store-error, and --fix takes them away', async () => {
    await admin.call('ACL', 'SETUSER', `tenant_${company}`, '~*', '+@all')
    const found = await examine(given, 'store-settings', '--fix')
    expect(found.filter(({ severity }) => severity === 'error').map(({ id, fixed }) => [id, fixed])).toEqual([
      ['store-error', true],
    ])
    expect((await examine(given, 'store-settings')).filter(({ severity }) => severity === 'error')).toEqual([])
  })

  test('when making a place was cut off, then that is place-half-made until the command is run again', async () => {
    await given.database.query(
      `update dbsvc.placements set state = 'provisioning', reason = 'it was unplugged' where company_id = '${company}'`,
    )
    const found = await examine(given, 'places')
    expect(found.map(({ id, message }) => [id, message])).toEqual([
      ['place-half-made', `${company} in dragonfly is provisioning: it was unplugged`],
    ])
    await given.dbsvc(['migrate', 'up'])
    expect(await examine(given, 'places')).toEqual([])
  })

  test('when somebody has removed a place, then that is place-gone', async () => {
    const gone = uniqueName('co')
    await given.dbsvc(['tenant', 'create', gone])
    await admin.call('ACL', 'DELUSER', `tenant_${gone}`)
    expect((await examine(given, 'places')).map(({ id, message }) => [id, message])).toEqual([
      ['place-gone', `DragonflyDB has no place of ${gone}`],
    ])
    await given.dbsvc(['tenant', 'drop', gone, '--confirm', gone, '--no-export'])
    expect(await examine(given, 'places')).toEqual([])
  })

  test('when there is a place of a company that is not registered, then that is place-without-company', async () => {
    await admin.call('ACL', 'SETUSER', 'tenant_stranger', 'on', '>secret', '~t:stranger:*')
    const found = await examine(given, 'places')
    await admin.call('ACL', 'DELUSER', 'tenant_stranger')
    expect(found.map(({ id, message }) => [id, message])).toEqual([
      ['place-without-company', 'DragonflyDB has a place of stranger, which dbsvc does not know there'],
    ])
  })

  test('when the configuration names it no more, then that is engine-not-configured', async () => {
    const found = await withConfig({ dragonfly: {} }, () => examine(given, 'places'))
    expect(found.map(({ id, mend }) => [id, mend])).toEqual([['engine-not-configured', 'set dragonfly.url']])
  })

  test('when anybody may be the administrator, then one company reaches another: store-isolation-broken', async () => {
    // A connection that names nobody is the user default: without a password of its own it may do everything.
    await admin.call('ACL', 'SETUSER', 'default', 'nopass')
    const found = await examine(given, 'store-isolation')
    const { password } = new URL(server.url)
    await admin.call('ACL', 'SETUSER', 'default', 'resetpass', `>${password}`)
    expect(found.map(({ id, severity, message }) => [id, severity, message])).toEqual([
      [
        'store-isolation-broken',
        'error',
        expect.stringMatching(/^DragonflyDB: one company could GET t:doctor_probe_\S+ as default without a password/),
      ],
    ])
    expect(((await admin.call('ACL', 'USERS')) as string[]).filter((name) => name.includes('probe'))).toEqual([])
    expect(await examine(given, 'store-isolation')).toEqual([])
  })

  test('when a doctor was killed, then its throw-away companies are found and removed: store-probe-left-over', async () => {
    await admin.call('ACL', 'SETUSER', 'tenant_doctor_probe_ab12_v', 'on', '>secret', '~t:doctor_probe_ab12_v:*')
    const found = await examine(given, 'store-isolation')
    expect(found.map(({ id, fixed }) => [id, fixed])).toEqual([['store-probe-left-over', true]])
    expect((await admin.call('ACL', 'USERS')) as string[]).not.toContain('tenant_doctor_probe_ab12_v')
  })
})
