import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AllDatabasesFailed, MultiDatabaseClient, StandardDatabaseManager } from '../../clients/typescript/src/index.ts'
import { createAuthority } from '../support/certificates.ts'
import { describeEngine } from '../support/engines.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { startWireProxy, type WireProxy } from '../support/wire-proxy.ts'
import { installPythonClient, python } from './support/python.ts'

const tenantContext = { company_id: 'company_abc' }

let cluster: Cluster

beforeAll(async () => {
  cluster = await createCluster()
})

describe('given a service whose PostgreSQL can be cut off', () => {
  let proxy: WireProxy
  let router: TestRouter

  beforeAll(async () => {
    proxy = await startWireProxy(cluster.database)
    router = await startRouter(cluster, {
      env: { DBSVC_POSTGRES_PORT: String(proxy.port), DBSVC_SERVER_HEALTH_ISOLATION_MS: '0' },
    })
  })
  afterAll(() => proxy.close())

  test('when it is, then the manager takes a response given before, and says so, or that nothing answers', async () => {
    const sources: string[] = []
    const retried: number[] = []
    const manager = new StandardDatabaseManager({
      host: `127.0.0.1:${router.port}`,
      apiKey: router.key,
      tenantContext,
      retry: { attempts: 3, firstDelayMs: 10 },
      onSource: (source) => sources.push(source),
      onRetry: (_error, attempt) => retried.push(attempt),
    })
    const users = 'select count(*) from users'
    const first = await manager.queryWithFallback(users)
    proxy.cut()
    const old = await manager.queryWithFallback(users, [], tenantContext, { maxAgeMs: 1 })
    expect(old.rows).toEqual(first.rows)
    expect(old.info.ageMs).toBeGreaterThan(0)
    expect(sources.at(-1)).toBe('cached_response')
    expect(retried).toEqual([])

    await expect(manager.query('select 2')).rejects.toBeInstanceOf(AllDatabasesFailed)
    expect(retried).toEqual([1, 2])
  })
})

describe('given a service that speaks TLS', () => {
  let directory: string
  let ca: string
  let router: TestRouter

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dbsvc-clients-'))
    const authority = await createAuthority('dbsvc test')
    const { cert, key } = await authority.issue('router', ['DNS:localhost', 'IP:127.0.0.1'])
    const file = (name: string) => join(directory, name)
    ca = file('ca.pem')
    await Promise.all([
      writeFile(ca, authority.cert),
      writeFile(file('router.pem'), cert),
      writeFile(file('router.key'), key),
    ])
    const env = { DBSVC_SERVER_TLS_CERT: file('router.pem'), DBSVC_SERVER_TLS_KEY: file('router.key') }
    router = await startRouter(cluster, { env })
    const options = { host: `https://127.0.0.1:${router.port}`, apiKey: router.key, tenantContext }
    trusting = new MultiDatabaseClient({ ...options, tls: { ca: authority.cert } })
    doubting = new MultiDatabaseClient(options)
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))

  let trusting: MultiDatabaseClient
  let doubting: MultiDatabaseClient

  test('then TypeScript asks it where it knows its authority, and else sends nothing', async () => {
    expect((await trusting.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await expect(doubting.query('select 1')).rejects.toMatchObject({ name: 'ConnectionFailed', sent: false })
  })

  describeEngine('python', 'asked from Python', () => {
    test('it answers where its authority is known, and else gets nothing', async () => {
      const { exitCode, output } = await python(['-W', 'error', '-m', 'unittest', '-v', 'test_tls'], {
        PYTHONPATH: `${await installPythonClient()}:tests`,
        DBSVC_TEST_HOST: `https://127.0.0.1:${router.port}`,
        DBSVC_TEST_COMPANY: tenantContext.company_id,
        DBSVC_TEST_OTHER_COMPANY: 'company_xyz',
        DBSVC_TEST_CA: ca,
        DBSVC_API_KEY: router.key,
      })
      expect({ exitCode, output }).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^Ran 2 tests/m) })
    })
  })
})
