import { afterAll, beforeAll, expect, test } from 'vitest'
import { startClickhouseStandIn } from '../standins/clickhouse/start.ts'
import { arangoServer } from '../support/arango.ts'
import { createAuthority } from '../support/certificates.ts'
import { describeEngine } from '../support/engines.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { startTlsProxy } from '../support/tls-proxy.ts'
import { uniqueName } from '../support/unique-name.ts'
import { valkeyServer } from '../support/valkey.ts'
import { ownWeaviate } from './support/faults/own-weaviate.ts'
import { type Given, givenOrders } from './support/given.ts'

// An address of this machine that dbsvc takes for another one.
const elsewhere = '127.0.0.2'
const company = uniqueName('tls')

describeEngine('weaviate', 'stores whose certificates are of an authority of their own', () => {
  let given: Given
  let router: TestRouter
  let ca: string
  const stops: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    const authority = await createAuthority('stores')
    ca = authority.certFile
    const certificate = await authority.issue('store', [`IP:${elsewhere}`])
    const front = async (port: string | number, alpn?: readonly string[]): Promise<string> => {
      const options = { port: Number(port), certificate, ...(alpn === undefined ? {} : { alpn }) }
      return `${elsewhere}:${await startTlsProxy(options)}`
    }
    const [valkey, arango, weaviate, clickhouse] = [
      new URL((await valkeyServer()).url),
      await arangoServer(),
      await ownWeaviate(),
      await startClickhouseStandIn(),
    ]
    stops.push(weaviate.stop, clickhouse.stop)
    const { weaviate: ofWeaviate } = weaviate.config(weaviate.port) as { weaviate: { grpcUrl: string } }
    const behind = new URL(clickhouse.url)
    given = await givenOrders({
      companies: [],
      migrations: weaviate.migrations,
      config: {
        dragonfly: {
          url: `rediss://${await front(valkey.port)}`,
          password: decodeURIComponent(valkey.password),
          ca,
        },
        arango: {
          url: `https://${await front(new URL(arango.url).port)}`,
          user: arango.user,
          password: arango.password,
          ca,
        },
        weaviate: {
          ...ofWeaviate,
          url: `https://${await front(weaviate.port)}`,
          grpcUrl: `https://${await front(new URL(ofWeaviate.grpcUrl).port, ['h2'])}`,
          ca,
        },
        clickhouse: {
          url: `https://${await front(behind.port)}`,
          user: behind.username,
          password: decodeURIComponent(behind.password),
          ca,
        },
      },
    })
    expect((await given.dbsvc(['tenant', 'create', company])).stderr).not.toMatch(/error/)
    router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
  }, 120_000)
  afterAll(async () => {
    await router?.stop()
    for (const stop of stops) await stop()
  })

  const ask = (path: string, body: object) => router.post(`/v1/${path}`, body, { 'x-dbsvc-company': company })

  test('serve companies through a router', async () => {
    expect(await ask('cache/set', { key: 'k', value: 1 })).toMatchObject({ status: 200 })
    expect(await ask('cache/get', { key: 'k' })).toMatchObject({ status: 200, body: { value: 1 } })
    expect(await ask('graph/query', { query: 'return 7' })).toMatchObject({ status: 200, body: { results: [7] } })
    const objects = [{ properties: { title: 'flag' }, vector: [1, 0, 0] }]
    expect(await ask('vector/insert', { class: 'Notes', objects })).toMatchObject({ status: 200 })
    expect(await ask('vector/similarity_search', { class: 'Notes', vector: [1, 0, 0], limit: 1 })).toMatchObject({
      status: 200,
      body: { objects: [{ properties: { title: 'flag' } }] },
    })
    expect(await ask('query', { sql: 'select 1 as one', database: 'clickhouse' })).toMatchObject({ status: 200 })
  })

  test('are not served with a file of authorities that cannot be used', async () => {
    for (const section of ['CLICKHOUSE', 'DRAGONFLY', 'WEAVIATE', 'ARANGO']) {
      const env = { [`DBSVC_${section}_CA`]: `${ca}.missing` }
      const { exitCode, stderr } = await given.dbsvc(['serve', '--port', '0'], { env })
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('(DBS-1003)') })
    }
  })
})
