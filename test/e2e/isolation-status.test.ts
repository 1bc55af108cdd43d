import { beforeAll, expect, test } from 'vitest'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'

interface Health {
  readonly status: string
  readonly tenant_context: {
    readonly active_tenants: number
    readonly tenant_isolation_status: string
    readonly tenant_isolation_checked_at: string
  }
  readonly database_details: { readonly postgresql: { readonly tenant_schemas: number } }
}

let cluster: Cluster
let router: TestRouter
const soon = { timeout: 20_000, interval: 100 }

beforeAll(async () => {
  cluster = await createCluster()
  router = await startRouter(cluster, {
    env: {
      DBSVC_SERVER_HEALTH_INTERVAL_MS: '100',
      DBSVC_SERVER_HEALTH_VITALS_MS: '200',
      DBSVC_SERVER_HEALTH_ISOLATION_MS: '200',
    },
  })
})

const health = async (url = router.url): Promise<{ status: number; body: Health }> => {
  const response = await fetch(`${url}/health`)
  return { status: response.status, body: (await response.json()) as Health }
}
const isolation = async () => (await health()).body.tenant_context.tenant_isolation_status

test('is healthy where hidden companies do not get at each other, and says when that was tried', async () => {
  await expect.poll(isolation, soon).toBe('healthy')
  const first = (await health()).body.tenant_context.tenant_isolation_checked_at
  await expect.poll(async () => (await health()).body.tenant_context.tenant_isolation_checked_at, soon).not.toBe(first)
  expect(Math.abs(Date.parse(first) - Date.now())).toBeLessThan(20_000)
  expect((await health()).body.status).toBe('healthy')
})

test('nobody is shown a hidden company, and none counts', async () => {
  const hidden = () =>
    cluster.database.query(`select company_id from dbsvc.companies where company_id like 'doctor_probe_%'`)
  expect(await hidden()).toHaveLength(2)
  const { tenant_context: tenants, database_details: details } = (await health()).body
  expect(tenants.active_tenants).toBe(2)
  expect(details.postgresql.tenant_schemas).toBe(2)
  for (const command of [
    ['tenant', 'list'],
    ['migrate', 'status'],
    ['migrate', 'up'],
    ['doctor', '--only', 'companies'],
  ])
    expect((await cluster.dbsvc(...command)).stdout).not.toContain('doctor_probe')
  const [name = ''] = (await hidden()).map(({ company_id: id }) => String(id))
  const answer = await router.post('/v1/query', { sql: 'select 1' }, { 'x-dbsvc-company': name })
  expect(answer.body.error).toMatchObject({ code: 'DBS-1203' })
})

test('a doctor probes beside it without taking its companies away', async () => {
  await cluster.dbsvc('doctor', '--only', 'isolation')
  await expect.poll(isolation, soon).toBe('healthy')
})

test('two routers probe at the same time, each with companies of its own', async () => {
  const other = await startRouter(cluster)
  await expect
    .poll(async () => (await health(other.url)).body.tenant_context.tenant_isolation_status, soon)
    .toBe('healthy')
  const count = async () =>
    (await cluster.database.query(`select from dbsvc.companies where company_id like 'doctor_probe_%'`)).length
  expect(await count()).toBe(4)
  await other.stop()
  expect(await count()).toBe(2)
})

test('is degraded, and the service unhealthy, as soon as a shared table shows rows of others', async () => {
  await cluster.as(
    { company: 'company_abc' },
    `insert into tenant_configurations values ('company_abc', 'colour', '"red"')`,
  )
  await cluster.database.query(
    `create policy open on tenant_configurations to database_service_role using (true);
     alter policy company_proof on tenant_configurations using (true)`,
  )
  await expect.poll(isolation, soon).toBe('degraded')
  const { status, body } = await health()
  expect({ status, overall: body.status }).toEqual({ status: 503, overall: 'unhealthy' })
  expect(await (await fetch(`${router.url}/metrics`)).text()).toContain('dbsvc_isolated{by="probe"} 0')
  await router.process.waitFor(/"way":"see rows of [^,]*tenant_configurations.*companies are not isolated/)
  await cluster.database.query(
    `drop policy open on tenant_configurations; drop policy company_proof on tenant_configurations;
     begin; set local role dbsvc_owner; select dbsvc.protect('shared', array['public']); commit`,
  )
  await expect.poll(isolation, soon).toBe('healthy')
})

test('is unknown where its companies are taken away, and makes new ones', async () => {
  await cluster.database.query(`delete from dbsvc.companies where company_id like 'doctor_probe_%'`)
  await expect.poll(isolation, soon).toBe('unknown')
  await expect.poll(isolation, soon).toBe('healthy')
})

test('takes its companies with it when it stops', async () => {
  await router.stop()
  expect(await cluster.database.query(`select from dbsvc.companies where company_id like 'doctor_probe_%'`)).toEqual([])
})
