import { beforeAll, expect, test } from 'vitest'
import { startRouter, type TestRouter } from '../support/router.ts'
import { createCluster } from '../support/shipped-cluster.ts'

let router: TestRouter

beforeAll(async () => {
  router = await startRouter(await createCluster())
})

test('answers a query of a company', async () => {
  const { status, body } = await router.post('/v1/query', { sql: `select current_setting('app.current_company_id')` })
  expect({ status, rows: body.rows }).toEqual({ status: 200, rows: [['company_abc']] })
})

test('refuses a caller without a key', async () => {
  const { status, body } = await router.post('/v1/query', { sql: 'select 1' }, { authorization: '' })
  expect(status).toBe(401)
  expect(body.error).toMatchObject({ code: 'DBS-2101' })
})
