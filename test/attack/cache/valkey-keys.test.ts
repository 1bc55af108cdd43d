import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { beforeAll, expect, test, vi } from 'vitest'
import { ensureUser } from '../../../src/engines/dragonfly/acl/own-user.ts'
import { counterUser } from '../../../src/engines/dragonfly/counter-user.ts'
import { attemptsAt, forbiddenAttempts } from '../../../src/engines/dragonfly/probe/attempts.ts'
import { tryCommand } from '../../../src/engines/dragonfly/probe/outcome.ts'
import { connectDragonfly } from '../../contract/stores/dragonfly/config.ts'
import { limits, passwordOf } from '../../contract/stores/harness.ts'
import { describeEngine } from '../../support/engines.ts'
import { ownDirectory } from '../../support/shared-server.ts'
import { connectValkey, startValkey, type TestValkey } from '../../support/valkey.ts'
import { createSetting } from '../signed-context/setting.ts'
import { openCachingRouter } from './caching-router.ts'

/** A company has its own login to the server that the routers' cache is in, where a response of another company lies. */
describeEngine('valkey', "a company's own user, after the responses that routers keep", () => {
  const canary = 'canary-of-beta'
  let server: TestValkey
  let admin: Redis
  let intruder: Redis
  let key: string

  const asIntruder = async () => {
    const client = connectValkey(server, { name: 'tenant_alpha', password: await passwordOf('alpha') })
    await client.connect()
    return client
  }

  beforeAll(async () => {
    server = await startValkey(await ownDirectory('valkey'))
    admin = connectValkey(server)
    const store = await connectDragonfly(server)
    await store.provision(['alpha', 'beta'].map((company) => ({ company, limits })))
    await store.close()
    const setting = await createSetting()
    await setting.database.query(`insert into tenant_beta.users select '${canary}', 'b@b', 'free'`)
    const router = await openCachingRouter(setting.openPool({ max: 2 }), server.url)
    // The routers' user is made in the background.
    await vi.waitFor(
      async () => {
        await router.query({ company: 'beta' }, 'select user_id from users', { ttlMs: 1 })
        expect(await admin.keys('dbsvc:response:*')).toHaveLength(1)
      },
      { timeout: 10_000 },
    )
    key = (await admin.keys('dbsvc:response:*'))[0] ?? ''
    expect(await admin.get(key)).toContain(canary)
    intruder = await asIntruder()
  })

  const reach = async () => {
    const attempts = [...attemptsAt(key, 't:alpha:own'), ...forbiddenAttempts(key)]
    const outcomes = await Promise.all(attempts.map(({ command, args }) => tryCommand(intruder, command, args)))
    return attempts.flatMap(({ command }, at) => (outcomes[at] === null ? [] : [command]))
  }

  test('no command reads or changes one', async () => {
    const before = await admin.dump(key)
    expect(await reach()).toEqual([])
    expect(await admin.dump(key)).toEqual(before)
    // The honest use beside it.
    expect(await intruder.set('t:alpha:own', 'x')).toBe('OK')
  })

  test('no channel tells what others write, nor is believed', async () => {
    expect(await tryCommand(intruder, 'PUBLISH', ['dbsvc:changes', 'x'])).toBeNull()
    for (const [command, name] of [
      ['SUBSCRIBE', 'dbsvc:changes'],
      ['PSUBSCRIBE', 'dbsvc:*'],
      ['SSUBSCRIBE', 'dbsvc:changes'],
    ] as const)
      expect(await tryCommand(await asIntruder(), command, [name]), command).toBeNull()
  })

  test('the routers themselves reach responses alone, whoever has their password', async () => {
    const router = connectValkey(server, { name: 'dbsvc_router', password: 'of-the-router' })
    await router.connect()
    expect(await router.get(key)).toContain(canary)
    await admin.set('t:beta:secret', canary)
    const attempts = [...attemptsAt('t:beta:secret', key), ...forbiddenAttempts('t:beta:secret')]
    const harmless = /^(ping|hello|quit|subscribe|unsubscribe|publish)$/
    const through: string[] = []
    for (const { command, args } of attempts) {
      if (harmless.test(command)) continue
      if ((await tryCommand(router, command, args)) !== null) through.push(`${command} ${args.join(' ')}`)
    }
    expect(through).toEqual([])
    expect(await tryCommand(router, 'PUBLISH', ['t:beta:events', 'x'])).toBeNull()
    const [hash] = ((await admin.call('ACL', 'GETUSER', 'dbsvc_router')) as [unknown, unknown, unknown, string[]])[3]
    expect(hash).toBe(createHash('sha256').update('of-the-router').digest('hex'))
  })

  test('who counts keys learns their names, and reads and changes nothing, whoever has that password', async () => {
    const { hostname, port, username, password } = new URL(server.url)
    const endpoint = { host: hostname, port: Number(port), tls: false, ca: undefined }
    await ensureUser(endpoint, { user: username, password }, counterUser, 'of-the-counter')
    const counter = connectValkey(server, { name: 'dbsvc_counter', password: 'of-the-counter' })
    await counter.connect()
    expect((await counter.scan('0', 'COUNT', 1_000))[1]).toContain(key)
    await admin.set('t:beta:secret', canary)
    const attempts = ['t:beta:secret', key].flatMap((foreign) => [
      ...attemptsAt(foreign, 't:alpha:own'),
      ...forbiddenAttempts(foreign),
    ])
    const harmless = /^(ping|hello|quit|dbsize|scan)$/i
    const through: string[] = []
    for (const { command, args } of attempts) {
      if (harmless.test(command)) continue
      if ((await tryCommand(counter, command, args)) !== null) through.push(`${command} ${args.join(' ')}`)
    }
    expect(through).toEqual([])
    expect(await admin.get('t:beta:secret')).toBe(canary)
    await admin.call('ACL', 'SETUSER', 'dbsvc_counter', '+get', '~*')
    expect(await counter.get('t:beta:secret')).toBe(canary)
  })

  test('with the pattern of its keys removed, it does reach them', async () => {
    await admin.call('ACL', 'SETUSER', 'tenant_alpha', '~*')
    expect(await reach()).toEqual(expect.arrayContaining(['get', 'set', 'getrange']))
  })
})
