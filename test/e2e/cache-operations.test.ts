import { Code } from '@connectrpc/connect'
import { beforeAll, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { CacheService } from '../../src/server/contract/dbsvc/v1/cache_pb.js'
import { describeEngine } from '../support/engines.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { uniqueName } from '../support/unique-name.ts'
import { connectValkey, valkeyServer } from '../support/valkey.ts'
import { described } from './support/described.ts'
import { expectExit, type Given, givenOrders } from './support/given.ts'
import { grpcClient } from './support/rpc-clients.ts'
import { dragonflyConfig } from './support/valkey-config.ts'

// Names that begin alike: neither is to take the other's keys for its own.
const company = uniqueName('cache')
const alike = `${company}_c`
const limited = `${company}_limited`

describeEngine('valkey', 'the cache of a company', () => {
  let router: TestRouter
  let admin: ReturnType<typeof connectValkey>
  let given: Given

  beforeAll(async () => {
    const server = await valkeyServer()
    admin = connectValkey(server)
    given = await givenOrders({ companies: [company, alike, limited], config: dragonflyConfig(server) })
    router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
  })

  const ask = async (operation: string, body: object, asked = company) => {
    const path = `/v1/cache/${operation}`
    return described(`POST ${path}`, await router.post(path, body, { 'x-dbsvc-company': asked }))
  }
  const answer = async (operation: string, body: object, asked = company) => (await ask(operation, body, asked)).body

  test('keeps values as JSON under the prefix of the company', async () => {
    const value = { price: 1.0855, levels: ['buy', null, true], name: 'grün' }
    expect(await answer('set', { key: 'tick:EURUSD', value })).toEqual({ stored: true })
    expect(await admin.get(`t:${company}:tick:EURUSD`)).toBe(JSON.stringify(value))
    expect(await answer('get', { key: 'tick:EURUSD' })).toEqual({ found: true, value, ttl_ms: 0 })
    expect(await answer('get', { key: 'tick:none' })).toEqual({ found: false, value: null, ttl_ms: 0 })
  })

  test('keeps the same values over gRPC, whoever wrote them', async () => {
    const client = grpcClient(CacheService, router.url)
    const headers = { authorization: `Bearer ${router.key}`, 'x-dbsvc-company': company }
    const kinds = [
      ['numericValue', '1.50', '1.50'],
      ['intValue', 9_007_199_254_740_993n, '9007199254740993'],
      ['textValue', 'grün', '"grün"'],
      ['jsonValue', '{"levels":[1.10]}', '{"levels":[1.10]}'],
      ['boolValue', true, 'true'],
    ] as const
    for (const [kind, value, kept] of kinds) {
      const set = { key: `rpc:${kind}`, value: { kind: { case: kind, value } } as never, ttlMs: 60_000n }
      expect(await client.set(set, { headers })).toMatchObject({ stored: true })
      expect(await admin.get(`t:${company}:rpc:${kind}`)).toBe(kept)
    }
    const keys = kinds.map(([kind]) => `rpc:${kind}`)
    const { entries } = await client.getMany({ keys: [...keys, 'rpc:none'] }, { headers })
    expect(entries.map(({ found, value }) => [found, value?.kind.case, value?.kind.value])).toEqual([
      ...kinds.map(([kind, value]) => [true, kind, value]),
      [false, undefined, undefined],
    ])
    expect(await client.get({ key: 'rpc:none' }, { headers })).toMatchObject({ found: false })
    expect(await client.increment({ key: 'rpc:count', by: -5n }, { headers })).toMatchObject({ value: -5n })
    expect(await client.delete({ keys: [...keys, 'rpc:count'] }, { headers })).toMatchObject({ deleted: 6n })
    expect(await admin.exists(`t:${company}:rpc:count`)).toBe(0)
  })

  test('lets a key live for its time alone', async () => {
    await answer('set', { key: 'brief', value: 1, ttl_ms: 60_000 })
    const left = await admin.pttl(`t:${company}:brief`)
    expect(left).toBeGreaterThan(50_000)
    expect((await answer('get', { key: 'brief' })).ttl_ms).toBeLessThanOrEqual(left)
    await answer('set', { key: 'briefest', value: 1, ttl_ms: 30 })
    await expect.poll(() => answer('get', { key: 'briefest' })).toMatchObject({ found: false })
  })

  test('leaves what is there where it is asked to', async () => {
    expect(await answer('set', { key: 'once', value: 'first', only_if_absent: true })).toEqual({ stored: true })
    expect(await answer('set', { key: 'once', value: 'second', only_if_absent: true })).toEqual({ stored: false })
    expect(await admin.get(`t:${company}:once`)).toBe('"first"')
  })

  test('reads and deletes many at once, in their order', async () => {
    for (const key of ['a', 'c']) await answer('set', { key, value: key })
    const { entries } = await answer('get_many', { keys: ['c', 'b', 'a'] })
    expect(entries).toMatchObject([{ value: 'c' }, { found: false }, { value: 'a' }])
    expect(await answer('delete', { keys: ['a', 'b', 'c'] })).toEqual({ deleted: 2 })
    expect(await answer('delete', { key: 'once' })).toEqual({ deleted: 1 })
    for (const wrong of [{ key: 'a', keys: ['a'] }, {}]) {
      const { code, message } = (await answer('delete', wrong)).error as { code: string; message: string }
      expect([code, message]).toEqual(['DBS-2001', expect.stringContaining('takes key, a string, or keys, a list')])
    }
    expect(await admin.exists(`t:${company}:a`, `t:${company}:c`, `t:${company}:once`)).toBe(0)
  })

  test('counts in 64 bits without losing one, also for many at once', async () => {
    const big = '9007199254740993'
    expect(await answer('increment', { key: 'big', by: big })).toEqual({ value: big })
    expect((await answer('increment', { key: 'big', by: -2 })).value).toBe('9007199254740991')
    await Promise.all(Array.from({ length: 40 }, () => answer('increment', { key: 'hits', ttl_ms: 60_000 })))
    expect(await admin.get(`t:${company}:hits`)).toBe('40')
    expect(await admin.pttl(`t:${company}:hits`)).toBeGreaterThan(50_000)
    const beyond = await ask('increment', { key: 'big', by: '9223372036854775807' })
    expect(beyond).toMatchObject({ status: 400, body: { error: { code: 'DBS-2403' } } })
  })

  test('keeps what is no JSON, or no value, as its owner has put it there', async () => {
    await admin.set(`t:${company}:plain`, 'hello')
    await admin.set(`t:${company}:long`, '12345678901234567890')
    await admin.hset(`t:${company}:hash`, 'field', 'x')
    await admin.set(`t:${company}:bytes`, Buffer.from([0xff, 0xfe]))
    expect(await answer('get', { key: 'plain' })).toMatchObject({ value: 'hello' })
    const response = await fetch(`${router.url}/v1/cache/get`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${router.key}`,
        'content-type': 'application/json',
        'x-dbsvc-company': company,
      },
      body: '{"key":"long"}',
    })
    expect(await response.text()).toContain('"value":12345678901234567890,')
    for (const key of ['hash', 'bytes'])
      expect(await ask('get', { key })).toMatchObject({ status: 400, body: { error: { code: 'DBS-2403' } } })
    expect((await ask('increment', { key: 'plain' })).body.error).toMatchObject({ code: 'DBS-2403' })
  })

  test('gives no key of a company to another, whatever the key looks like', async () => {
    await answer('set', { key: 'secret', value: 'canary' })
    await admin.set('secret-of-nobody', '"canary"')
    const reaching = [
      'secret',
      `t:${company}:secret`,
      `../${company}:secret`,
      `\r\n$6\r\nsecret`,
      `\0t:${company}:secret`,
      `c:secret`,
      ':secret',
      '*',
      '{secret}',
      `}${company}:secret`,
      'secret-of-nobody',
    ]
    for (const key of reaching) {
      expect(await answer('get', { key }, alike), JSON.stringify(key)).toMatchObject({ found: false })
      expect(await answer('delete', { key }, alike)).toEqual({ deleted: 0 })
      // What it writes is found again under its own prefix, byte for byte.
      expect(await answer('set', { key, value: 'mine' }, alike)).toEqual({ stored: true })
      expect(await admin.get(`t:${alike}:${key}`)).toBe('"mine"')
    }
    expect(await admin.get(`t:${company}:secret`)).toBe('"canary"')
    expect(await admin.get('secret-of-nobody')).toBe('"canary"')
    await admin.del('secret-of-nobody')
  })

  test('refuses what is no key, no value or no request', async () => {
    const bad: [string, object, string][] = [
      ['get', { key: '' }, 'DBS-2402'],
      ['get', { key: 'k'.repeat(1_025) }, 'DBS-2402'],
      ['get', { key: '\ud800' }, 'DBS-2402'],
      ['get_many', { keys: Array.from({ length: 1_001 }, String) }, 'DBS-2402'],
      ['get_many', { keys: [] }, 'DBS-2001'],
      ['get', { key: 1 }, 'DBS-2001'],
      ['get', { key: 'a', company: alike }, 'DBS-2001'],
      ['set', { key: 'a' }, 'DBS-2001'],
      ['set', { key: 'a', value: 1, ttl_ms: -1 }, 'DBS-2001'],
      ['increment', { key: 'a', by: 1.5 }, 'DBS-2001'],
      ['increment', { key: 'a', by: '9'.repeat(19) }, 'DBS-2001'],
    ]
    for (const [operation, body, code] of bad) {
      const refused = await ask(operation, body)
      expect(refused, `${operation} ${JSON.stringify(body).slice(0, 80)}`).toMatchObject({
        status: 400,
        body: { error: { code } },
      })
    }
  })

  test('makes no more keys than the company may have, and writes those that are there', async () => {
    const limit = async (keys: number) =>
      expectExit(await given.dbsvc(['tenant', 'set', limited, '--limit', `cacheKeys=${keys}`]), ExitCode.Ok)
    const set = (key: string, more = {}) => ask('set', { key, value: key, ...more }, limited)
    const increment = (key: string) => ask('increment', { key }, limited)
    const keys = async () => (await admin.keys(`t:${limited}:*`)).length
    const refusal = { status: 429, body: { error: { code: 'DBS-2407', details: { company: limited, budget: 3 } } } }
    await limit(3)
    // What was there before the router began to count is counted, and the router hears of the limit within seconds.
    await admin.set(`t:${limited}:before`, '1')
    await admin.set(`t:${limited}:earlier`, '1')
    expect((await increment('third')).status).toBe(200)
    const until = (asked: () => ReturnType<typeof set>) => expect.poll(asked, { timeout: 20_000 })
    await until(async () => {
      const asked = await set('fourth')
      if (asked.status === 200) await answer('delete', { key: 'fourth' }, limited)
      return asked
    }).toMatchObject(refusal)
    expect(await set('fourth', { only_if_absent: true })).toMatchObject(refusal)
    const refused = await increment('fourth')
    expect(refused).toMatchObject(refusal)
    // Waiting alone makes no room, so that clients do not try again.
    expect(refused.headers.get('retry-after')).toBeNull()
    expect(await keys()).toBe(3)
    // Of those that are there.
    expect(await set('before', { ttl_ms: 60_000 })).toMatchObject({ status: 200, body: { stored: true } })
    expect(await admin.pttl(`t:${limited}:before`)).toBeGreaterThan(0)
    expect((await set('before', { only_if_absent: true })).body).toEqual({ stored: false })
    expect((await increment('third')).body).toEqual({ value: '2' })
    const grpc = grpcClient(CacheService, router.url)
    const headers = { authorization: `Bearer ${router.key}`, 'x-dbsvc-company': limited }
    await expect(grpc.set({ key: 'fourth' }, { headers })).rejects.toMatchObject({ code: Code.ResourceExhausted })
    // Others have limits of their own.
    expect(await answer('set', { key: 'others', value: 1 })).toEqual({ stored: true })
    // What is deleted makes room at once, and what went by itself after a count.
    expect(await answer('delete', { key: 'before' }, limited)).toEqual({ deleted: 1 })
    await until(() => set('fourth')).toMatchObject({ status: 200 })
    expect(await set('fifth')).toMatchObject(refusal)
    await admin.del(`t:${limited}:earlier`)
    await until(() => set('fifth')).toMatchObject({ status: 200 })
    expect(await keys()).toBe(3)
    const users = (await admin.call('ACL', 'GETUSER', 'dbsvc_counter')) as unknown[]
    expect(users[users.indexOf('commands') + 1]).toBe('-@all +ping +hello +dbsize +scan')
    expect(users[users.indexOf('keys') + 1]).toBe('')
  }, 60_000)

  test('holds one connection for a company, as its own user', async () => {
    await Promise.all(Array.from({ length: 20 }, () => answer('get', { key: 'secret' })))
    const list = String(await admin.client('LIST'))
    const own = list.split('\n').filter((line) => line.includes(`user=tenant_${company} `))
    expect(own).toHaveLength(1)
  })

  test('comes back after its connection was closed', async () => {
    await admin.call('CLIENT', 'KILL', 'USER', `tenant_${company}`)
    expect(await answer('get', { key: 'secret' })).toMatchObject({ found: true, value: 'canary' })
  })
})

test('says that there is none where none is configured', async () => {
  const given = await givenOrders({ companies: [company] })
  const router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
  const { status, body } = await router.post('/v1/cache/get', { key: 'a' }, { 'x-dbsvc-company': company })
  expect({ status, error: body.error }).toMatchObject({ status: 403, error: { code: 'DBS-2401' } })
})
