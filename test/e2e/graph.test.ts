import { Code } from '@connectrpc/connect'
import { beforeAll, expect, test } from 'vitest'
import { TraverseRequest_Direction as Direction, GraphService } from '../../src/server/contract/dbsvc/v1/graph_pb.js'
import { Category } from '../../src/server/contract/dbsvc/v1/value_pb.js'
import { arangoServer, connectArango } from '../support/arango.ts'
import { describeEngine } from '../support/engines.ts'
import { grantsWith, startRouter, type TestRouter } from '../support/router.ts'
import { uniqueName } from '../support/unique-name.ts'
import { described } from './support/described.ts'
import { type Given, givenOrders } from './support/given.ts'
import { grpcClient } from './support/rpc-clients.ts'

interface Body {
  readonly results: unknown[]
  readonly error: { readonly code: string; readonly message: string }
}

const company = uniqueName('graph')
// Names that begin alike.
const victim = `${company}_c`

const network = {
  up: [
    { createCollection: { name: 'users' } },
    { createCollection: { name: 'follows', type: 'edge' } },
    {
      createGraph: {
        name: 'network',
        edgeDefinitions: [{ collection: 'follows', from: ['users'], to: ['users'] }],
      },
    },
  ],
}

describeEngine('arango', 'the graph of a company', () => {
  let given: Given
  let router: TestRouter
  let admin: (of: string) => ReturnType<typeof connectArango>

  beforeAll(async () => {
    const server = await arangoServer()
    admin = (of) => connectArango(server, `tenant_${of}`)
    given = await givenOrders({
      companies: [company, victim],
      migrations: { 'arango/tenant/0001_network.json': JSON.stringify(network) },
      config: { arango: { url: server.url, user: server.user, password: server.password } },
    })
    await admin(victim).query(`insert { _key: "canary", name: "canary of the victim" } into users`)
    router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
  }, 120_000)

  const ask = async (name: string, body: object, headers = {}) => {
    const path = `/v1/graph/${name}`
    return described(`POST ${path}`, await router.post<Body>(path, body, { 'x-dbsvc-company': company, ...headers }))
  }
  const namesOf = async (of: string) => (await admin(of).query('for u in users sort u._key return u._key')).all()

  test('writes and reads documents of the company by AQL with bind variables', async () => {
    for (const key of ['a', 'b', 'c']) {
      const query = 'insert { _key: @key, name: @name } into @@users return NEW.name'
      const written = await ask('query', { query, bind_vars: { key, name: `"${key}`, '@users': 'users' } })
      expect(written).toMatchObject({
        status: 200,
        body: { results: [`"${key}`], info: { database: 'arangodb', category: 'D' } },
      })
    }
    expect(await namesOf(company)).toEqual(['a', 'b', 'c'])
    expect(await namesOf(victim)).toEqual(['canary'])
    const query = 'for u in users filter u._key != @not sort u._key return { key: u._key }'
    expect((await ask('query', { query, bind_vars: { not: 'b' } })).body.results).toEqual([{ key: 'a' }, { key: 'c' }])
  })

  test('traverses a graph, or edges, to a depth', async () => {
    for (const [from, to] of ['ab', 'bc'])
      await ask('query', { query: `insert { _from: "users/${from}", _to: "users/${to}" } into follows` })
    const found = async (body: object) =>
      (await ask('traverse', { start_vertex: 'users/a', ...body })).body.results.map((each) => {
        const { vertex, depth } = each as { vertex: { _key: string }; depth: number }
        return [vertex._key, depth]
      })
    expect(await found({ graph: 'network', max_depth: 2 })).toEqual([
      ['b', 1],
      ['c', 2],
    ])
    expect(await found({ edge_collections: ['follows'] })).toEqual([['b', 1]])
    expect(await found({ graph: 'network', start_vertex: 'users/b', direction: 'inbound' })).toEqual([['a', 1]])
    expect(await found({ graph: 'network', max_depth: 2, limit: 1 })).toHaveLength(1)
    for (const wrong of [{}, { graph: 'network', edge_collections: ['follows'] }, { graph: 'network', max_depth: 11 }])
      expect((await ask('traverse', { start_vertex: 'users/a', ...wrong })).body.error.code).toBe('DBS-2001')
  })

  test('does the same over gRPC', async () => {
    const client = grpcClient(GraphService, router.url)
    const headers = { authorization: `Bearer ${router.key}`, 'x-dbsvc-company': company }
    const query = 'insert { _key: @key } into @@users return NEW._key'
    const bindVarsJson = JSON.stringify({ key: 'rpc', '@users': 'users' })
    const { resultsJson, info } = await client.graphQuery({ query, bindVarsJson }, { headers })
    expect([resultsJson, info?.category]).toEqual([['"rpc"'], Category.D])
    expect(await namesOf(company)).toContain('rpc')
    const readOnly = client.graphQuery({ query, bindVarsJson, readOnly: true }, { headers })
    await expect(readOnly).rejects.toMatchObject({ code: Code.PermissionDenied })
    const asked = { startVertex: 'users/b', graph: 'network', direction: Direction.INBOUND }
    const found = (await client.traverse(asked, { headers })).resultsJson.map((json) => JSON.parse(json))
    expect(found).toMatchObject([{ vertex: { _key: 'a' }, depth: 1 }])
    await admin(company).query('remove "rpc" in users')
  })

  test('needs a right to write for what writes, and none for what reads', async () => {
    const grants = grantsWith('--verb', 'read')
    const made = await given.dbsvc([
      'service',
      'create',
      uniqueName('reader').replaceAll('_', '-'),
      ...grants,
      '--json',
    ])
    const authorization = `Bearer ${made.json<{ key: string }>().key}`
    const read = { query: 'for u in users return 1' }
    await expect.poll(async () => (await ask('query', read, { authorization })).status, { timeout: 10_000 }).toBe(200)
    const write = { query: 'remove "a" in users' }
    expect((await ask('query', write, { authorization })).body.error.code).toBe('DBS-2102')
    expect((await ask('query', { ...write, read_only: true })).body.error.code).toBe('DBS-2203')
    expect(await namesOf(company)).toContain('a')
  })

  const hostile: (readonly [string, object?])[] = [
    [`return document("${victim}/users/canary")`],
    [`return document("tenant_${victim}/users/canary")`],
    [`for u in tenant_${victim}.users return u`],
    [`for u in \`tenant_${victim}/users\` return u`],
    ['for u in @@c return u', { '@c': `tenant_${victim}/users` }],
    ['for u in @@c return u', { '@c': `../tenant_${victim}/users` }],
    ['for u in @@c return u', { '@c': '_users' }],
    ['for u in @@c return u', { '@c': ['users'] }],
    ['for u in _users return u'],
    ['for u in `_users` return u'],
    ['for u in ´_graphs´ return u'],
    ['for u in `\\u005fusers` return u'],
    ['return true ? _users : 1'],
    ['insert { _key: "x", code: "function () { return 1 }" } into _aqlfunctions'],
    ['insert { _key: "x" } into @@c', { '@c': '_aqlfunctions' }],
    ['return acme::escape()'],
    ['return call("SLEEP", 60)'],
    ['return apply("SLEEP", [60])'],
    ['return sleep(60)'],
    ['return v8(1)'],
    ['return fail("x")'],
    ['return collections()'],
    ['return current_user()'],
    ['return current_database()'],
    ['return pregel_result(1)'],
    ['return "open'],
    ['return 1 /* open'],
    ['return 1; for u in users return u'],
    [`return schema_get("users")`],
  ]

  test.each(hostile)('tells nothing of others to %s', async (query, bind_vars = {}) => {
    for (const read_only of [true, false]) {
      const { status, body } = await ask('query', { query, bind_vars, read_only })
      const text = JSON.stringify(body)
      expect(text).not.toContain('canary of')
      if (status === 200) expect(body.results).toEqual([null])
      else expect(body.error.code).toMatch(/^DBS-(2404|2203)$/)
    }
    expect(await namesOf(company)).toEqual(['a', 'b', 'c'])
  })

  test("another company's start vertex, graph and tenant lead nowhere", async () => {
    const traversal = { start_vertex: 'users/canary', graph: 'network', min_depth: 0, max_depth: 1 }
    const own = await ask('traverse', traversal)
    expect(JSON.stringify(own.body)).not.toContain('canary of')
    expect((await ask('traverse', traversal, { 'x-dbsvc-company': victim })).body.results).toMatchObject([
      { vertex: { name: 'canary of the victim' }, depth: 0 },
    ])
  })

  test('a query has the time that it is given, and no more', async () => {
    const query = 'for a in 1..10000 for b in 1..10000 filter a + b < 0 return 1'
    const { status, body } = await ask('query', { query, timeout_ms: 300 })
    expect([status, body.error.code]).toEqual([504, 'DBS-2405'])
  }, 30_000)
})
