import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type RequestOptions, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { QueryService } from '../../src/server/contract/dbsvc/v1/query_pb.js'
import { type Authority, createAuthority, type Issued } from '../support/certificates.ts'
import { runDbsvc } from '../support/dbsvc.ts'
import { grantsWith, startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'

let cluster: Cluster
let authority: Authority
let router: TestRouter
let billing: Issued
const identity = 'spiffe://example.org/billing'

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'dbsvc-mtls-'))
  afterAll(() => rm(directory, { recursive: true, force: true }))
  cluster = await createCluster()
  authority = await createAuthority('dbsvc test')
  const server = await authority.issue('server', ['DNS:localhost', 'IP:127.0.0.1'])
  const [cert, key] = [join(directory, 'server.pem'), join(directory, 'server.key')]
  await writeFile(key, server.key)
  await writeFile(cert, server.cert)
  await cluster.dbsvc(
    ...['service', 'create', 'billing', '--company', 'company_abc', '--engine', 'postgres', '--verb', 'read'],
    ...['--certificate', identity, '--certificate', 'dns:billing.example.org'],
  )
  router = await startRouter(cluster, {
    env: {
      DBSVC_SERVER_TLS_CERT: cert,
      DBSVC_SERVER_TLS_KEY: key,
      DBSVC_SERVER_TLS_CA: authority.certFile,
      DBSVC_SERVER_TLS_CLIENT_CERTIFICATE: 'request',
      DBSVC_SERVER_AUTH_FAILURES_PER_MINUTE: '1000',
    },
  })
  billing = await authority.issue('whatever', [`URI:${identity}`])
})

/** Status, or the code of the error. */
const ask = (options: RequestOptions, headers: Record<string, string> = {}, path = '/v1/query'): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const place = { host: '127.0.0.1', port: router.port, path, method: 'POST', agent: false as const }
    const all = { 'content-type': 'application/json', 'x-dbsvc-company': 'company_abc', ...headers }
    const asked = request({ ...place, headers: all, ca: authority.cert, ...options }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => {
        const { error } = JSON.parse(text) as { error?: { code: string } }
        resolve(error?.code ?? response.statusCode)
      })
    })
    asked.on('error', reject).end('{"sql": "select 1"}')
  })

test('a service is known by a name of its certificate, within its grants', async () => {
  expect(await cluster.database.query('select identity, service from dbsvc.service_certificates order by 1')).toEqual([
    { identity: 'dns:billing.example.org', service: 'billing' },
    { identity, service: 'billing' },
  ])
  expect(await ask(billing)).toBe(200)
  expect(await ask(await authority.issue('x', ['DNS:billing.example.org']))).toBe(200)
  expect(await ask(billing, { 'x-dbsvc-company': 'company_xyz' })).toBe('DBS-2102')
  expect(await ask(billing, {}, '/v1/execute')).toBe('DBS-2102')
  const transport = createGrpcTransport({
    baseUrl: `https://127.0.0.1:${router.port}`,
    nodeOptions: { ...billing, ca: authority.cert },
  })
  const headers = { 'x-dbsvc-company': 'company_abc' }
  const { rows } = await createClient(QueryService, transport).query({ sql: 'select 1' }, { headers })
  expect(rows.length).toBe(1)
})

test('nobody else is: no certificate, another name, another authority, two services, or a wrong key beside it', async () => {
  await cluster.dbsvc('service', 'create', 'other', ...grantsWith(), '--certificate', 'spiffe://example.org/other')
  const issue = (...names: string[]) => authority.issue('billing', names)
  const stranger = await (await createAuthority('somebody else')).issue('billing', [`URI:${identity}`])
  expect(await ask({})).toBe('DBS-2101')
  expect(await ask(stranger)).toBe('DBS-2101')
  expect(await ask(await issue('URI:spiffe://example.org/billing2', 'DNS:billing'))).toBe('DBS-2101')
  expect(await ask(await issue('DNS:x', `email:${identity}`))).toBe('DBS-2101')
  const both = await issue(`URI:${identity}`, 'URI:spiffe://example.org/other')
  await expect.poll(() => ask(both), { timeout: 12_000, interval: 500 }).toBe('DBS-2101')
  expect(await ask(billing, { authorization: `Bearer dbk_${'A'.repeat(43)}` })).toBe('DBS-2101')
  expect(await ask(billing, { authorization: 'Basic eDp4' })).toBe('DBS-2101')
  expect(await ask(billing, { authorization: `Bearer ${router.key}` })).toBe(200)
  expect(await ask(billing)).toBe(200)
}, 60_000)

test('an identity is listed, is of one service alone, and is refused soon after it is revoked', async () => {
  const run = (args: readonly string[]) => runDbsvc(args, { cwd: cluster.project.directory })
  const listed = (await cluster.dbsvc('service', 'list', '--json')).json<{ certificates: object[] }>()
  expect(listed.certificates).toContainEqual(
    expect.objectContaining({ service: 'billing', identity, companies: ['company_abc'], revokedAt: null }),
  )
  const taken = await run(['service', 'create', 'thief', '--verb', 'read', '--certificate', identity])
  expect([taken.exitCode, taken.stderr]).toEqual([64, expect.stringContaining('DBS-2115')])
  expect(await cluster.database.query(`select from dbsvc.services where service = 'thief'`)).toEqual([])
  expect(
    (await run(['service', 'create', 'odd', '--verb', 'read', '--certificate', 'dns:*.example.org'])).exitCode,
  ).toBe(64)

  await cluster.dbsvc('service', 'revoke', identity)
  await expect.poll(() => ask(billing), { timeout: 12_000, interval: 500 }).toBe('DBS-2101')
  expect(await ask(await authority.issue('x', ['DNS:billing.example.org']))).toBe(200)
  // Such a service may be given a key all the same.
  const rotated = await cluster.dbsvc('service', 'rotate', 'billing', '--json')
  const { key } = rotated.json<{ key: string }>()
  await expect.poll(() => ask({}, { authorization: `Bearer ${key}` }), { timeout: 5_000 }).toBe(200)
}, 60_000)
