import { setImmediate, setTimeout as wait } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { describeEngine } from '../../support/engines.ts'
import { ownDirectory, stopServer } from '../../support/shared-server.ts'
import { connectValkey, startValkey } from '../../support/valkey.ts'
import { startWireProxy } from '../../support/wire-proxy.ts'
import { createSetting, type Setting } from '../signed-context/setting.ts'
import { type CachingRouter, cellsOf, openCachingRouter } from './caching-router.ts'

let setting: Setting
const alpha = { company: 'alpha' }
const beta = { company: 'beta' }
const names = 'select user_id from users order by 1'

beforeAll(async () => {
  setting = await createSetting()
})

/** Both companies hold one user, named after the company. */
async function refill(): Promise<void> {
  for (const company of ['alpha', 'beta']) {
    await setting.database.query(`
      delete from tenant_${company}.users;
      insert into tenant_${company}.users select '${company}1', '1@${company}', 'free'`)
  }
}

const insert = (id: string) => `insert into users select '${id}', '${id}@x', 'free'`

test('the same statement gives each company its own rows, from the cache too', async () => {
  await refill()
  const router = await openCachingRouter(setting.openPool({ max: 2 }))
  for (const source of ['connection_pool', 'cached_response']) {
    for (const who of [alpha, beta]) {
      const response = await router.query(who, names)
      expect({ cells: cellsOf(response), source: response.origin.source }).toEqual({
        cells: [`${who.company}1`],
        source,
      })
    }
  }
})

test('another user, service or schema version of the company finds nothing of it in the cache', async () => {
  const router = await openCachingRouter(setting.openPool({ max: 2 }))
  await router.query(alpha, names)
  for (const other of [
    { user: 'u1' },
    { user: 'u2' },
    { user: 'null' },
    { service: 'reports' },
    { schemaVersion: '2' },
  ]) {
    const { origin } = await router.query({ ...alpha, ...other }, names)
    expect({ other, source: origin.source }).toEqual({ other, source: 'direct_connection' })
  }
})

test('a write is never followed by a stale read, with readers under way all the time', async () => {
  await refill()
  const router = await openCachingRouter(setting.openPool({ max: 4 }))
  let isOver = false
  const readers = [1, 2, 3].map(async () => {
    while (!isOver) {
      await router.query(alpha, names)
      // One that is answered from memory lets nothing else happen.
      await setImmediate()
    }
  })
  const missed: string[] = []
  for (let n = 0; n < 300; n++) {
    const id = `w${String(n).padStart(3, '0')}`
    await router.execute(alpha, insert(id))
    if (!cellsOf(await router.query(alpha, names)).includes(id)) missed.push(id)
  }
  isOver = true
  await Promise.all(readers)
  expect(missed).toEqual([])
  expect(router.counts().memoryHits + router.counts().joined).toBeGreaterThan(0)
})

test('a write of one company leaves the responses of another', async () => {
  await refill()
  const router = await openCachingRouter(setting.openPool({ max: 2 }))
  await router.query(beta, names)
  await router.execute(alpha, insert('alpha2'))
  expect((await router.query(beta, names)).origin.source).toBe('cached_response')
})

test('nothing is kept where the request does not want it', async () => {
  const router = await openCachingRouter(setting.openPool({ max: 2 }))
  for (const mode of ['off', null] as const) {
    await router.query(alpha, names, { mode })
    expect((await router.query(alpha, names, { mode })).origin.source).toBe('direct_connection')
  }
  expect(router.counts().entries).toBe(0)
})

test('with PostgreSQL gone a cached response answers, with its age, and only the very same request', async () => {
  await refill()
  const proxy = await startWireProxy(setting.database)
  const router = await openCachingRouter(setting.openPool({ max: 2, port: proxy.port }))
  await router.query(alpha, names)
  await proxy.close()
  await wait(30)

  const { table, origin } = await router.query(alpha, names, { ttlMs: 1 })
  expect({ cells: cellsOf({ table }), source: origin.source }).toEqual({
    cells: ['alpha1'],
    source: 'cached_response',
  })
  expect(origin.ageMs).toBeGreaterThan(25)
  expect(router.failures.map(({ way }) => way)).toEqual(['direct_connection', 'connection_pool'])

  for (const who of [beta, { ...alpha, user: 'u1' }]) {
    await expect(router.query(who, names)).rejects.toMatchObject({ code: 'DBS-2340' })
  }
  await expect(router.query(alpha, names, { mode: 'off' })).rejects.toMatchObject({ code: 'DBS-2340' })
  await expect(router.execute(alpha, insert('late'))).rejects.toMatchObject({ code: 'DBS-2340' })
})

describeEngine('valkey', 'two routers with a Valkey between them', () => {
  async function start(): Promise<{
    readonly valkey: Awaited<ReturnType<typeof startValkey>>
    readonly routers: readonly [CachingRouter, CachingRouter]
  }> {
    await refill()
    const valkey = await startValkey(await ownDirectory('valkey'))
    const open = () => openCachingRouter(setting.openPool({ max: 2 }), valkey.url)
    const routers = [await open(), await open()] as const
    const client = connectValkey(valkey)
    await client.connect()
    // Both listen before anything is told.
    await expect.poll(() => client.pubsub('NUMSUB', 'dbsvc:changes')).toEqual(['dbsvc:changes', 2])
    await wait(20)
    return { valkey, routers }
  }

  test('what one has read, the other need not; what one writes, the other knows; and no key opens another identity', async () => {
    const { valkey, routers } = await start()
    const [one, two] = routers
    await one.query(alpha, names)
    await expect
      .poll(async () => (await two.query(alpha, names, { ttlMs: 10_000 })).origin.source)
      .toBe('cached_response')
    expect(two.counts().sharedHits).toBeGreaterThan(0)

    await one.execute(alpha, insert('alpha2'))
    expect(cellsOf(await one.query(alpha, names))).toEqual(['alpha1', 'alpha2'])
    await expect.poll(async () => cellsOf(await two.query(alpha, names))).toEqual(['alpha1', 'alpha2'])

    // Whoever could move a company's response under another's key is not believed.
    await two.query(beta, names)
    const client = connectValkey(valkey)
    await client.connect()
    const kept = async () => client.keys('dbsvc:response:*')
    await expect.poll(async () => (await kept()).length).toBe(2)
    const texts = await Promise.all((await kept()).map(async (key) => [key, (await client.get(key)) ?? ''] as const))
    const ofAlpha = texts.find(([, text]) => text.includes('"company":"alpha"'))?.[1] ?? ''
    for (const [key] of texts) await client.set(key, ofAlpha)
    expect(cellsOf(await one.query(beta, names))).toEqual(['beta1'])
    for (const [key] of texts) await client.set(key, '{"broken')
    expect(cellsOf(await one.query({ ...beta, service: 'x' }, names))).toEqual(['beta1'])
  })

  test('a Valkey that is killed is missed by nobody', async () => {
    const { valkey, routers } = await start()
    const [one, two] = routers
    await one.query(alpha, names)
    await stopServer(valkey.pid, 'SIGKILL')
    expect((await one.query(alpha, names)).origin.source).toBe('cached_response')
    expect(cellsOf(await two.query(alpha, names))).toEqual(['alpha1'])
    await one.execute(alpha, insert('alpha3'))
    expect(cellsOf(await one.query(alpha, names))).toEqual(['alpha1', 'alpha3'])
  })
})
