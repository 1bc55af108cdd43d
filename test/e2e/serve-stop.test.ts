import { beforeAll, expect, test } from 'vitest'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { holdStatement, letWait } from './support/held-statement.ts'
import { runningStatements } from './support/running-statements.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await createCluster()
  await letWait(cluster)
})

const isRunning = (mark: string) =>
  expect.poll(() => runningStatements(cluster, mark), { timeout: 10_000, interval: 20 }).toHaveLength(1)

/** Null where nobody answers. */
const statusOf = (router: TestRouter, path: string): Promise<number | null> =>
  fetch(`${router.url}${path}`).then(
    ({ status }) => status,
    () => null,
  )

test('finishes what is under way', async () => {
  const router = await startRouter(cluster)
  const { sql, release } = await holdStatement(cluster, 'under way')
  const asked = router.post('/v1/query', { sql })
  await isRunning('under way')
  router.process.kill('SIGTERM')
  await expect.poll(() => statusOf(router, '/livez')).toBeNull()
  await release()
  expect((await asked).status).toBe(200)
  expect((await router.process.exited).exitCode).toBe(0)
})

test('cuts off what takes longer than its grace, and cancels it in the engine', async () => {
  const router = await startRouter(cluster, { env: { DBSVC_SERVER_STOP_GRACE_MS: '200' } })
  const sql = 'select count(*) from generate_series(1, 100000) a, generate_series(1, 1000003) b'
  const asked = router.post('/v1/query', { sql }).then(
    () => 'answered',
    () => 'cut off',
  )
  await isRunning('1000003')
  const stoppedAt = performance.now()
  router.process.kill('SIGTERM')
  expect(await asked).toBe('cut off')
  expect((await router.process.exited).exitCode).toBe(0)
  expect(performance.now() - stoppedAt).toBeLessThan(8_000)
  await expect.poll(() => runningStatements(cluster, '1000003'), { timeout: 5_000 }).toEqual([])
})

test('serves on while load balancers find out that it is stopping', async () => {
  const router = await startRouter(cluster, { env: { DBSVC_SERVER_STOP_DRAIN_MS: '4000' } })
  router.process.kill('SIGTERM')
  await expect.poll(() => statusOf(router, '/readyz'), { timeout: 3_000, interval: 20 }).toBe(503)
  expect((await router.post('/v1/query', { sql: 'select 1' })).status).toBe(200)
  expect((await router.process.exited).exitCode).toBe(0)
  await expect(fetch(`${router.url}/livez`)).rejects.toThrow()
})
