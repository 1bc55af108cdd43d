import { beforeAll, describe, expect, test } from 'vitest'
import { startRouter, type TestRouter } from '../../support/router.ts'
import { type Cluster, createCluster } from '../../support/shipped-cluster.ts'
import { sendRaw } from '../corpus/runner/raw-request.ts'

const canary = 'canary-of-xyz'

let cluster: Cluster
/** Its key is for company_abc alone. */
let router: TestRouter

beforeAll(async () => {
  cluster = await createCluster()
  const insert = 'insert into users (user_id, email, subscription_tier) values ($1, $2, $3)'
  await cluster.as({ company: 'company_xyz' }, insert, [canary, `${canary}@x`, 'free'])
  await cluster.as({ company: 'company_abc' }, insert, ['own', 'own@x', 'free'])
  const env = { DBSVC_SERVER_AUTH_FAILURES_PER_MINUTE: '10000' }
  router = await startRouter(cluster, { grants: ['--company', 'company_abc'], env })
})

const sql = 'select user_id from users'
const body = JSON.stringify({ sql })

const send = (head: readonly string[], message = body): Promise<string> => sendRaw(router.port, head, message)

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])

interface Raw {
  readonly path?: string
  readonly authorization?: string | null
  readonly company?: string | null
  readonly more?: readonly string[]
}

/** A request as it should be, with what is told otherwise. */
function ask({ path = '/v1/query', authorization, company = 'company_abc', more = [] }: Raw): Promise<string> {
  return send([
    `POST ${path} HTTP/1.1`,
    'host: router',
    'content-type: application/json',
    `content-length: ${body.length}`,
    ...(authorization === null ? [] : [`authorization: ${authorization ?? `Bearer ${router.key}`}`]),
    ...(company === null ? [] : [`x-dbsvc-company: ${company}`]),
    ...more,
  ])
}

test('the honest request beside them sees its own company', async () => {
  const answer = await ask({})
  expect(statusOf(answer)).toBe(200)
  expect(answer).toContain('"own"')
})

describe('another company than the key is for', () => {
  test.each([
    'company_xyz',
    'COMPANY_XYZ',
    'tenant_company_xyz',
    'company_abc,company_xyz',
    'company_abc, company_xyz',
    'company_abc\tcompany_xyz',
    'company_xyz#',
    `company_xyz'--`,
    'company%5fxyz',
    '../company_xyz',
    '*',
    'all',
    'null',
    '',
  ])('named by the header as %j', async (company) => {
    const answer = await ask({ company })
    expect([400, 403]).toContain(statusOf(answer))
    expect(answer).not.toContain(canary)
  })

  test('named by the message, or by both of which one is right', async () => {
    const tenant = { company_id: 'company_xyz' }
    for (const headers of [{}, { 'x-dbsvc-company': '' }, { 'x-dbsvc-company': 'company_xyz' }]) {
      const answer = await router.post('/v1/query', { sql, tenant }, headers)
      expect([400, 403]).toContain(answer.status)
      expect(JSON.stringify(answer.body)).not.toContain(canary)
    }
    const own = await router.post('/v1/query', { sql, tenant: { company_id: 'company_abc' } })
    expect(own.body).toMatchObject({ rows: [['own']] })
  })

  test('is refused in the same words whether there is such a company or not', async () => {
    const answerFor = async (company: string) => {
      const { status, body: told } = await router.post('/v1/query', { sql }, { 'x-dbsvc-company': company })
      const { request_id: _, ...error } = told.error as Record<string, unknown>
      return JSON.stringify([status, error]).replaceAll(company, 'it')
    }
    expect(await answerFor('company_xyz')).toBe(await answerFor('company_none'))
  })
})

describe('headers that two readers take for different things', () => {
  const own = () => `authorization: Bearer ${router.key}`
  const wrong = `authorization: Bearer dbk_${'A'.repeat(43)}`

  test('a credential that is there twice', async () => {
    for (const pair of [
      [own(), wrong],
      [wrong, own()],
      [own(), own()],
    ]) {
      const answer = await ask({ authorization: null, more: pair })
      expect(statusOf(answer)).toBe(401)
      expect(answer).toContain('not authenticated: the request has more than one Authorization header')
    }
  })

  test('a company that is there twice', async () => {
    for (const pair of [
      ['company_abc', 'company_xyz'],
      ['company_xyz', 'company_abc'],
    ]) {
      const answer = await ask({ company: null, more: pair.map((company) => `x-dbsvc-company: ${company}`) })
      expect([400, 403]).toContain(statusOf(answer))
      expect(answer).not.toContain(canary)
    }
  })

  test.each([
    ['a folded line', ['x-dbsvc-company: company_abc', ' company_xyz']],
    ['a blank before the colon', ['x-dbsvc-company : company_xyz']],
    ['a bare line feed', ['x-y: 1\nx-dbsvc-company: company_xyz']],
    ['a bare carriage return', ['x-y: 1\rx-dbsvc-company: company_xyz']],
    ['a zero byte', ['x-dbsvc-company: company_abc\0company_xyz']],
    ['two lengths', ['content-length: 0', 'x-dbsvc-company: company_abc']],
    ['a length and chunks', ['transfer-encoding: chunked', 'x-dbsvc-company: company_abc']],
    ['chunks by another spelling', ['transfer-encoding: xchunked', 'x-dbsvc-company: company_abc']],
  ])('%s', async (_what, more) => {
    expect(statusOf(await ask({ company: null, more }))).toBe(400)
  })

  test.each([
    'x_dbsvc_company',
    'x-dbsvc-company\u00a0',
    'X-Forwarded-Company',
    'company',
  ])('a header that is nearly it: %j', async (name) => {
    const answer = await ask({ company: null, more: [`${name}: company_xyz`] })
    expect(statusOf(answer)).toBe(400)
    expect(answer).not.toContain(canary)
  })

  test.each([
    'bearer\t',
    'Bearer\u00a0',
    'Bearer Bearer ',
    'Basic ',
    'Token ',
    '',
  ])('a credential of another form: %j', async (scheme) => {
    expect(statusOf(await ask({ authorization: `${scheme}${router.key}` }))).toBe(401)
  })

  test('a request inside the message of another one', async () => {
    const inner = `POST /v1/query HTTP/1.1\r\nhost: x\r\n${own()}\r\nx-dbsvc-company: company_abc\r\n\r\n`
    const head = ['POST /v1/query HTTP/1.1', 'host: router', `content-length: ${inner.length}`]
    const answer = await send([...head, 'content-type: application/json'], inner)
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401'])
    const both = [...head, 'transfer-encoding: chunked', own()]
    const smuggled = await send(both, `0\r\n\r\n${inner}`)
    expect(smuggled.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400'])
  })

  test('addresses that a proxy would vouch for', async () => {
    const made = await cluster.dbsvc(
      ...['service', 'create', 'inside', '--company', 'company_abc', '--engine', 'postgres', '--verb', 'read'],
      ...['--network', '10.0.0.0/8', '--json'],
    )
    const authorization = `Bearer ${made.json<{ key: string }>().key}`
    for (const header of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'true-client-ip', 'cf-connecting-ip']) {
      const value = header === 'forwarded' ? 'for=10.0.0.1' : '10.0.0.1'
      expect([header, statusOf(await ask({ authorization, more: [`${header}: ${value}`] }))]).toEqual([header, 401])
    }
  })
})

describe('paths', () => {
  const paths = [
    '/v1/query',
    '//v1/query',
    '/v1//query',
    '/v1/./query',
    '/v1/../v1/query',
    '/health/../v1/query',
    '/health/..%2fv1/query',
    '/livez/..;/v1/query',
    '/V1/QUERY',
    '/v1/query/',
    '/v1/query%00',
    '/v1/query%2f',
    '/%76%31/query',
    '/v1/query;x=/health',
    '/v1/query?x=/health',
    '/v1%2fquery',
    '/v1/query#/health',
    'http://127.0.0.1/v1/query',
    '/dbsvc.v1.QueryService/Query',
  ]

  test.each(paths)('no spelling of an address goes round the credential: %s', async (path) => {
    const answer = await ask({ path, authorization: null })
    expect([400, 401, 404]).toContain(statusOf(answer))
    expect(answer).not.toMatch(/canary|"own"/)
  })

  test.each(paths)('nor round the company: %s', async (path) => {
    const answer = await ask({ path, company: 'company_xyz' })
    expect([400, 403, 404]).toContain(statusOf(answer))
    expect(answer).not.toContain(canary)
  })

  test('a key in the address is none', async () => {
    for (const name of ['authorization', 'access_token', 'key']) {
      const path = `/v1/query?${name}=${encodeURIComponent(`Bearer ${router.key}`)}`
      expect(statusOf(await ask({ path, authorization: null }))).toBe(401)
    }
  })
})

describe('what is told', () => {
  const errorOf = async (authorization: string) => {
    const { status, body: told } = await router.post('/v1/query', { sql }, { authorization })
    const { request_id: _, ...error } = told.error as Record<string, unknown>
    return JSON.stringify([status, error])
  }

  test('of a credential is the same whatever is wrong with it', async () => {
    const make = async (name: string, ...flags: string[]) =>
      (await cluster.dbsvc('service', 'create', name, '--company', 'all', '--verb', 'read', ...flags, '--json')).json<{
        key: string
        keyId: string
      }>()
    const [lost, far, brief] = [
      await make('lost'),
      await make('far', '--network', '10.0.0.0/8'),
      await make('brief', '--expires', '1s'),
    ]
    await cluster.dbsvc('service', 'revoke', lost.keyId)
    const unknown = await errorOf(`Bearer dbk_${'A'.repeat(43)}`)
    for (const wrong of [lost.key, far.key, brief.key, 'dbk_short', 'eyJ.eyJ.x', 'x']) {
      await expect.poll(() => errorOf(`Bearer ${wrong}`), { timeout: 8_000, interval: 500 }).toBe(unknown)
    }
  }, 60_000)

  test.each([
    'a b',
    'x'.repeat(129),
    '<script>',
    '"}',
    '../../x',
    '$(id)',
    '%0d%0aset-cookie: a=b',
    'é',
  ])('of a request id is none of its text: %s', async (id) => {
    const answer = await ask({ more: [`x-request-id: ${id}`] })
    expect(/^x-request-id: ([\w.:-]+)\r$/m.exec(answer)?.[1]).toMatch(/^[0-9a-f-]{36}$/)
    expect(answer.split('\r\n\r\n')[0]).not.toContain(id)
  })

  test('of errors is nothing from inside', async () => {
    const inside = /127\.0\.0\.1|node_modules|\/src\/|\.ts:\d|\.js:\d|password|dbk_|database_service_role|pg_hba|stack/i
    const asked: [string, unknown, Record<string, string>?][] = [
      ['/v1/query', { sql: 'selec' }],
      ['/v1/query', { sql: 'select 1/0' }],
      ['/v1/query', { sql: 'select * from dbsvc.service_keys' }],
      ['/v1/query', { sql: 'select * from pg_authid' }],
      ['/v1/query', { sql: `select 'x'::int` }],
      ['/v1/query', { sql: 7 }],
      ['/v1/query', []],
      ['/v1/query', null],
      ['/v1/query', { sql: 'select 1', database: 'arangodb' }],
      ['/v1/cache/get', { key: 'x' }],
      ['/v1/query', { sql: 'select 1' }, { 'x-dbsvc-user': 'x'.repeat(5_000) }],
      ['/v1/nothing', {}],
    ]
    for (const [path, message, headers] of asked) {
      const { status, body: told } = await router.post(path, message, headers)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(JSON.stringify(told)).not.toMatch(inside)
    }
  })
})

test("another company's idempotency key brings neither its response nor keeps one's own write out", async () => {
  const all = await startRouter(cluster)
  const insert = (id: string) => ({
    sql: `insert into users (user_id, email, subscription_tier) values ($1, 'x@x', 'free') returning user_id`,
    params: [id],
  })
  const write = (company: string, id: string) =>
    all.post('/v1/execute', insert(id), { 'x-dbsvc-company': company, 'idempotency-key': 'shared-key' })
  const theirs = await write('company_xyz', 'once')
  expect(theirs.body).toMatchObject({ rows: [['once']] })
  const mine = await write('company_abc', 'mine')
  expect([mine.status, mine.body.rows]).toEqual([200, [['mine']]])
  expect((await write('company_xyz', 'once')).body.rows).toEqual([['once']])
  const { rows } = await cluster.as(
    { company: 'company_xyz' },
    `select user_id from users where user_id <> '${canary}'`,
  )
  expect(rows).toEqual([{ user_id: 'once' }])
})
