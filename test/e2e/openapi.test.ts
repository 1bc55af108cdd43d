import { beforeAll, expect, test } from 'vitest'
import { httpRoutes } from '../../scripts/support/http-routes.ts'
import { endpoints } from '../../src/server/openapi/endpoints.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { createCluster } from '../support/shipped-cluster.ts'
import { send } from './support/send.ts'

interface Described {
  readonly requestBody?: { readonly content: object }
  readonly responses: { readonly 200: { readonly content: Record<string, { readonly schema?: object }> } }
}

interface Document {
  readonly openapi: string
  readonly paths: Record<string, Record<string, Described>>
}

let router: TestRouter
let text: string
let document: Document
beforeAll(async () => {
  router = await startRouter(await createCluster())
  text = await (await fetch(`${router.url}/openapi.json`)).text()
  document = JSON.parse(text) as Document
})

test('tells of every address that the router answers, and of no other', async () => {
  const told = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(told.toSorted()).toEqual([...(await httpRoutes())].toSorted())
  expect(document.openapi).toBe('3.1.1')
})

test('refers to nothing that is not in it', () => {
  const references = [...new Set([...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path))]
  expect(references).toContain('components/schemas/Tenant')
  for (const reference of references) {
    const found = reference.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document)
    expect(found, reference).toBeTypeOf('object')
  }
})

test('has the fields of messages as the router checks them', async () => {
  const { post } = document.paths['/v1/query'] ?? {}
  expect(post?.requestBody?.content).toMatchObject({
    'application/json': {
      schema: {
        type: 'object',
        required: ['sql'],
        additionalProperties: false,
        properties: {
          sql: { type: 'string' },
          category: { enum: ['A', 'B', 'C', 'D'] },
          tenant: { $ref: '#/components/schemas/Tenant' },
        },
      },
    },
  })
  expect((await router.post('/v1/query', { statement: 'select 1' })).status).toBe(400)
})

const ask = async (route: string, path: string, body?: object, headers: Record<string, string> = {}) => {
  const [method = ''] = route.split(' ')
  const sent = { body: body === undefined ? undefined : JSON.stringify(body), headers }
  const response = await send(router, method, path, sent)
  expect(response.status, route).toBe(200)
  return response.json()
}

test('has the fields of answers as the router gives them', async () => {
  const columns = ['user_id', 'email', 'subscription_tier']
  const registration = { service: { service_host: '10.0.0.5', service_port: 9_000, metadata: { zone: 'a' } } }
  const { service } = (await ask('POST', '/v1/registry/services', registration)) as {
    service: { service_name: string }
  }
  const own = `/v1/registry/services/${service.service_name}`
  const asked: readonly (readonly [string, string, object?, Record<string, string>?])[] = [
    ['POST /v1/query', '/v1/query', { sql: 'select 1 as one' }],
    ['POST /v1/execute', '/v1/execute', { sql: 'update users set email = email' }],
    ['POST /v1/execute', '/v1/execute', { sql: 'update users set email = email' }, { 'idempotency-key': 'k' }],
    ['POST /v1/execute', '/v1/execute', { sql: 'update users set email = email' }, { 'idempotency-key': 'k' }],
    ['POST /v1/batch', '/v1/batch', { statements: [{ sql: 'select 1' }, { sql: 'select 2' }] }],
    ['POST /v1/explain', '/v1/explain', { sql: `select * from users where email like '%x'` }],
    ['POST /v1/multi', '/v1/multi', { postgresql: { query: 'select 1' } }],
    ['POST /v1/ingest/{table}', '/v1/ingest/users', { columns, rows: [['u1', 'u1@x', 'free']] }],
    ['PUT /v1/config/{config_key}', '/v1/config/a', { config_value: [1] }],
    ['GET /v1/config/{config_key}', '/v1/config/a'],
    ['GET /v1/config', '/v1/config'],
    ['DELETE /v1/config/{config_key}', '/v1/config/a'],
    ['POST /v1/registry/services', '/v1/registry/services', registration],
    ['GET /v1/registry/services', '/v1/registry/services'],
    ['GET /v1/registry/services/{name}', own],
    ['POST /v1/registry/services/{name}/heartbeat', `${own}/heartbeat`, {}],
    ['DELETE /v1/registry/services/{name}', own],
    ['GET /livez', '/livez'],
    ['GET /readyz', '/readyz'],
  ]
  for (const [route, path, body, headers] of asked) {
    const answer = await ask(route, path, body, headers)
    expect(endpoints[route]?.answer?.safeParse(answer).error, route).toBeUndefined()
  }
})

test('tells what every operation answers', () => {
  const operations = Object.entries(document.paths).filter(([path]) => path.startsWith('/v1/'))
  for (const [path, methods] of operations) {
    for (const { responses } of Object.values(methods)) {
      expect(responses[200].content['application/json']?.schema, path).toMatchObject({ type: 'object' })
    }
  }
})
