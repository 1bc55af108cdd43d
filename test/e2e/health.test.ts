import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, inject, test } from 'vitest'
import { describeEngine } from '../support/engines.ts'
import { type Gate, startGate } from '../support/gate.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { connectValkey, startValkey } from '../support/valkey.ts'
import { askHealth as ask, expectPrompt, quick, soon } from './support/health.ts'

let cluster: Cluster
let gate: Gate

beforeAll(async () => {
  cluster = await createCluster()
  gate = await startGate(cluster.database)
})

describeEngine('valkey', 'given PostgreSQL, a cache, an engine that says nothing, and two that are not there', () => {
  let router: TestRouter
  let valkey: Awaited<ReturnType<typeof startValkey>>

  beforeAll(async () => {
    valkey = await startValkey(await mkdtemp(join(inject('runDirectory'), 'valkey-')))
    const silent = await startGate()
    router = await startRouter(cluster, {
      env: {
        ...quick,
        DBSVC_POSTGRES_PORT: String(gate.port),
        DBSVC_DRAGONFLY_URL: valkey.url,
        DBSVC_ARANGO_URL: `http://127.0.0.1:${silent.port}`,
      },
    })
  })

  test('is ready once PostgreSQL has answered', async () => {
    await expect.poll(async () => (await ask(router, '/readyz')).status, soon).toBe(200)
  })

  test('has every field of the specification', async () => {
    await expect.poll(async () => (await ask(router)).body.dependencies.arangodb?.status, soon).toBe('unhealthy')
    const { body } = await ask(router)
    const shapeOf = (value: object): object =>
      Object.fromEntries(
        Object.entries(value).map(([name, field]) => [
          name,
          ['dependencies', 'not_measured', 'vector_dimensions'].includes(name) ||
          typeof field !== 'object' ||
          field === null
            ? true
            : shapeOf(field),
        ]),
      )
    expect(shapeOf(body)).toMatchObject({
      service_name: true,
      status: true,
      timestamp: true,
      version: true,
      uptime_seconds: true,
      performance_metrics: { response_time_ms: true, throughput_rps: true, error_rate_percent: true },
      system_resources: { cpu_usage_percent: true, memory_usage_mb: true, disk_usage_percent: true },
      tenant_context: { active_tenants: true, tenant_isolation_status: true, tenant_isolation_checked_at: true },
      database_details: {
        postgresql: { active_connections: true, tenant_schemas: true },
        clickhouse: { active_queries: true, disk_usage_gb: true },
        dragonflydb: { memory_usage_mb: true, cache_hit_rate_percent: true },
        weaviate: { objects_count: true, vector_dimensions: true },
        arangodb: { collections_count: true, graph_performance_ms: true },
      },
      multi_db_performance: { cross_database_queries: { total: true }, transaction_consistency: true },
    })
    expect(Object.keys(body.dependencies)).toEqual(['postgresql', 'clickhouse', 'dragonflydb', 'weaviate', 'arangodb'])
  })

  test('every null has its reason, and nothing else has one', async () => {
    const { body } = await ask(router)
    const nulls: string[] = []
    const look = (value: object, path: string): void => {
      for (const [name, field] of Object.entries(value)) {
        if (field === null) nulls.push(`${path}${name}`)
        else if (typeof field === 'object' && name !== 'not_measured') look(field, `${path}${name}.`)
      }
    }
    look(body, '')
    expect(nulls.sort()).toEqual(Object.keys(body.not_measured).sort())
    expect(body.not_measured['dependencies.clickhouse']).toBe('not configured')
    expect(body.not_measured['database_details.weaviate.objects_count']).toBe('not configured')
    expect(body.not_measured['database_details.arangodb.collections_count']).toMatch(/^not answering/)
  })

  test('answers within 50 ms though an engine hangs, and says that it does', async () => {
    await expectPrompt(router)
    const { status, body } = await ask(router)
    expect({ status, overall: body.status }).toEqual({ status: 200, overall: 'degraded' })
    expect(body.dependencies.arangodb?.reason).toBe('no answer within 400 ms')
  })

  test('its figures are those of the engines', async () => {
    const client = connectValkey(valkey)
    await client.set('there', 'yes')
    for (const key of ['there', 'there', 'there', 'missing']) await client.get(key)
    const rate = async () => (await ask(router)).body.database_details.dragonflydb?.cache_hit_rate_percent
    await expect.poll(rate, soon).toBe(75)
    const [row] = await cluster.database.query(
      `select count(*)::integer as count from pg_namespace where starts_with(nspname, 'tenant_company')`,
    )
    const { database_details: details, tenant_context: tenants } = (await ask(router)).body
    expect(details.postgresql).toMatchObject({ tenant_schemas: row?.count })
    expect(tenants.active_tenants).toBe(2)
    await cluster.dbsvc('tenant', 'suspend', 'company_xyz')
    await expect.poll(async () => (await ask(router)).body.tenant_context.active_tenants, soon).toBe(1)
    await cluster.dbsvc('tenant', 'resume', 'company_xyz')
  })

  test('counts the requests of the last minute, and of them what the service failed to do', async () => {
    const before = (await ask(router)).body
    expect(before.not_measured['performance_metrics.response_time_ms']).toBe('no request in the last minute')
    for (let turn = 0; turn < 10; turn += 1) await router.post('/v1/query', { sql: 'select 1' })
    expect((await router.post('/v1/query', { sql: 'select 1' }, { authorization: '' })).status).toBe(401)
    const { performance_metrics: after } = (await ask(router)).body
    expect(after.error_rate_percent).toBe(0)
    expect(after.throughput_rps).toBeGreaterThan(0)
    expect(after.response_time_ms).toBeGreaterThan(0)
  })

  test('sees an engine that is killed', async () => {
    await expect.poll(async () => (await ask(router)).body.dependencies.dragonflydb?.status, soon).toBe('healthy')
    process.kill(valkey.pid, 'SIGKILL')
    await expect.poll(async () => (await ask(router)).body.dependencies.dragonflydb?.status, soon).toBe('unhealthy')
    const { body } = await ask(router)
    expect(body.dependencies.dragonflydb?.reason).toMatch(/^DBS-1\d\d\d$/)
    expect(body.database_details.dragonflydb).toEqual({ memory_usage_mb: null, cache_hit_rate_percent: null })
    await expect.poll(async () => (await ask(router, '/readyz')).status, soon).toBe(200)
  })

  test.each([
    'silence',
    'shut',
  ] as const)('is unhealthy and not ready while PostgreSQL is gone (%s), and recovers', async (how) => {
    gate[how]()
    await expect.poll(async () => (await ask(router)).status, soon).toBe(503)
    const { body } = await ask(router)
    expect(body.status).toBe('unhealthy')
    // A router that waits for PostgreSQL takes 400 ms each time, a machine that is busy now and then.
    await expect.poll(async () => (await ask(router)).durationMs, soon).toBeLessThan(200)
    expect(body.not_measured['tenant_context.active_tenants']).toMatch(/^not answering/)
    expect(await ask(router, '/readyz')).toMatchObject({ status: 503 })
    expect(await ask(router, '/livez')).toMatchObject({ status: 200, body: { status: 'alive' } })
    // Neither an address nor a user nor a secret.
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|postgres:\/\/|password/)
    gate.open()
    await expect.poll(async () => (await ask(router, '/readyz')).status, soon).toBe(200)
  })

  test('serves again after that, when keys and companies have to be read anew', async () => {
    await new Promise((resolve) => setTimeout(resolve, 5_500))
    const { status } = await router.post('/v1/query', { sql: 'select 1' })
    expect(status).toBe(200)
  })
})
