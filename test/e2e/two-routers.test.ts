import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import { describeEngine } from '../support/engines.ts'
import { numberOf, readMetrics } from '../support/metrics.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { ownDirectory, stopServer } from '../support/shared-server.ts'
import { uniqueName } from '../support/unique-name.ts'
import { connectValkey, startValkey } from '../support/valkey.ts'
import { type Given, givenOrders } from './support/given.ts'
import { dragonflyConfig } from './support/valkey-config.ts'

const company = uniqueName('two')

describeEngine('valkey', 'two routers that share a Valkey', () => {
  let folder: string
  let valkey: Awaited<ReturnType<typeof startValkey>>
  let given: Given
  let one: TestRouter
  let two: TestRouter

  const stateOf = async (router: TestRouter) => {
    const metrics = await readMetrics(router)
    return ['connected', 'listening'].map((state) => numberOf(metrics, `dbsvc_cache_shared{state="${state}"}`))
  }
  const bothListen = () =>
    vi.waitFor(
      async () =>
        expect([await stateOf(one), await stateOf(two)]).toEqual([
          [1, 1],
          [1, 1],
        ]),
      {
        timeout: 15_000,
      },
    )

  beforeAll(async () => {
    folder = await ownDirectory('valkey')
    valkey = await startValkey(folder)
    given = await givenOrders({ companies: [company], config: dragonflyConfig(valkey) })
    const start = () =>
      startRouter(
        { dbsvc: (...args) => given.dbsvc(args), project: given },
        { env: { DBSVC_SERVER_CACHE_SHARED_TIMEOUT_MS: '2000' } },
      )
    one = await start()
    two = await start()
    await bothListen()
  })

  interface Body {
    readonly rows: readonly (readonly [string])[]
    readonly info: { readonly source: string }
  }
  const total = async (by: TestRouter) => {
    const headers = { 'x-dbsvc-company': company, authorization: `Bearer ${one.key}` }
    const message = { sql: 'select count(*) from orders', cache: { mode: 'on', ttl_ms: 60_000 } }
    const { body } = await by.post<Body>('/v1/query', message, headers)
    return { total: Number(body.rows[0]?.[0]), source: body.info.source }
  }
  const write = async (by: TestRouter, id: number) => {
    const sql = `insert into orders values (${id}, 1)`
    const { status } = await by.post('/v1/execute', { sql }, { 'x-dbsvc-company': company })
    expect(status).toBe(200)
  }

  test('what one has read the other has from the shared layer', async () => {
    expect(await total(one)).toEqual({
      total: 0,
      source: expect.stringMatching(/^(direct_connection|connection_pool)$/),
    })
    await vi.waitFor(async () => expect((await total(two)).source).toBe('cached_response'))
    expect(numberOf(await readMetrics(two), 'dbsvc_cache_lookups_total{layer="shared",result="hit"}')).toBe(1)
  })

  test('a write is never followed by a stale read in the same router, and soon by none in the other', async () => {
    for (let id = 1; id <= 20; id += 1) {
      const [writer, other] = id % 2 === 0 ? [one, two] : [two, one]
      await total(writer)
      await total(other)
      await write(writer, id)
      expect((await total(writer)).total).toBe(id)
      // Far within the ttl of a minute.
      await vi.waitFor(async () => expect((await total(other)).total).toBe(id), { timeout: 2_000 })
    }
  })

  test('with Valkey killed both answer from PostgreSQL, and once it is back, without its users too, they share again', async () => {
    await stopServer(valkey.pid, 'SIGKILL')
    await write(one, 21)
    expect((await total(one)).total).toBe(21)
    expect(await stateOf(one)).toEqual([0, 0])
    await write(two, 22)
    expect((await total(two)).total).toBe(22)

    await rm(join(folder, 'users.acl'))
    valkey = await startValkey(folder, Number(new URL(valkey.url).port))
    await bothListen()
    // What either wrote meanwhile the other has not heard of; it trusts nothing from before.
    expect([(await total(one)).total, (await total(two)).total]).toEqual([22, 22])
    await write(one, 23)
    expect((await total(one)).total).toBe(23)
    await vi.waitFor(async () => expect((await total(two)).total).toBe(23), { timeout: 2_000 })
  })

  test('they come there as a user of their own, who has no right but for the cache', async () => {
    const admin = connectValkey(valkey)
    const clients = (await admin.call('CLIENT', 'LIST')) as string
    // One to ask and one to listen, of each router.
    expect(clients.match(/ user=dbsvc_router /g)).toHaveLength(4)
    const rights = ((await admin.call('ACL', 'LIST')) as string[]).find((line) => line.startsWith('user dbsvc_router'))
    expect(rights).toMatch(/ ~dbsvc:response:\* .*&dbsvc:changes .*-@all/)
  })
})
