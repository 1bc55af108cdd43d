import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect as connectHttp2 } from 'node:http2'
import { type RequestOptions, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { createClient } from '@connectrpc/connect'
import { createConnectTransport, createGrpcTransport } from '@connectrpc/connect-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { QueryService } from '../../src/server/contract/dbsvc/v1/query_pb.js'
import { type Authority, createAuthority, type Issued } from '../support/certificates.ts'
import { runDbsvc } from '../support/dbsvc.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'

const names = ['DNS:localhost', 'IP:127.0.0.1']

let cluster: Cluster
let authority: Authority
let other: Authority
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dbsvc-tls-'))
  cluster = await createCluster()
  authority = await createAuthority('dbsvc test')
  other = await createAuthority('somebody else')
})

afterAll(() => rm(directory, { recursive: true, force: true }))

interface Served extends TestRouter {
  readonly certFile: string
  readonly keyFile: string
}

let served = 0

async function serve(env: Readonly<Record<string, string>> = {}): Promise<Served> {
  served += 1
  const [certFile, keyFile] = [join(directory, `${served}.pem`), join(directory, `${served}.key`)]
  await write(await authority.issue('first', names), { certFile, keyFile })
  const files = { DBSVC_SERVER_TLS_CERT: certFile, DBSVC_SERVER_TLS_KEY: keyFile }
  return { ...(await startRouter(cluster, { env: { ...files, ...env } })), certFile, keyFile }
}

async function write({ cert, key }: Issued, { certFile, keyFile }: Pick<Served, 'certFile' | 'keyFile'>) {
  await writeFile(keyFile, key)
  await writeFile(certFile, cert)
}

const headersOf = ({ key }: TestRouter) => ({ authorization: `Bearer ${key}`, 'x-dbsvc-company': 'company_abc' })
const sql = `select current_setting('app.current_company_id')`

/** The status and body of a query over HTTPS; throws what TLS refuses. */
function ask(router: TestRouter, options: RequestOptions = {}): Promise<{ status: number | undefined; body: unknown }> {
  return new Promise((resolve, reject) => {
    const headers = { ...headersOf(router), 'content-type': 'application/json' }
    const place = { host: '127.0.0.1', port: router.port, path: '/v1/query', method: 'POST', agent: false as const }
    const asked = request({ ...place, headers, ca: authority.cert, ...options }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) as unknown }))
    })
    asked.on('error', reject)
    asked.end(JSON.stringify({ sql }))
  })
}

/** The subject that the server's certificate names to a new connection. */
function subjectOf(router: TestRouter): Promise<string | string[] | undefined> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connectTls({ host: '127.0.0.1', port: router.port, ca: authority.cert }, () => {
      resolve(socket.getPeerCertificate().subject.CN)
      socket.end()
    })
    socket.on('error', reject)
  })
}

test('serves JSON, Connect and gRPC over TLS, by whichever HTTP the client agrees on', async () => {
  const router = await serve()
  const expected = [['company_abc']]
  expect(await ask(router)).toMatchObject({ status: 200, body: { rows: expected } })
  const baseUrl = `https://127.0.0.1:${router.port}`
  const nodeOptions = { ca: authority.cert }
  for (const transport of [
    createGrpcTransport({ baseUrl, nodeOptions }),
    createConnectTransport({ baseUrl, httpVersion: '1.1', nodeOptions }),
  ]) {
    const { rows } = await createClient(QueryService, transport).query({ sql }, { headers: headersOf(router) })
    expect(rows.map(({ values }) => values.map(({ kind }) => kind.value))).toEqual(expected)
  }
  const session = connectHttp2(baseUrl, nodeOptions)
  const post = { ':method': 'POST', ':path': '/v1/query', 'content-type': 'application/json' }
  const stream = session.request({ ...post, ...headersOf(router) }).end(JSON.stringify({ sql }))
  let text = ''
  for await (const chunk of stream.setEncoding('utf8')) text += chunk
  expect([session.alpnProtocol, JSON.parse(text)]).toMatchObject(['h2', { rows: expected }])
  session.close()
})

test('speaks no TLS older than 1.2, and nothing in the clear', async () => {
  const router = await serve()
  const old: ConnectionOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }
  await expect(ask(router, old)).rejects.toThrow(/protocol.version/i)
  await expect(ask(router, { maxVersion: 'TLSv1.2' })).resolves.toMatchObject({ status: 200 })
  await expect(fetch(`http://127.0.0.1:${router.port}/livez`)).rejects.toThrow()
  const newer = await serve({ DBSVC_SERVER_TLS_MIN_VERSION: 'TLSv1.3' })
  await expect(ask(newer, { maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol.version/i)
  await expect(ask(newer)).resolves.toMatchObject({ status: 200 })
})

test('asks callers for a certificate of its authority where it is told to', async () => {
  const mine = await authority.issue('billing', ['URI:spiffe://example.org/billing', 'DNS:billing.example.org'])
  const foreign = await other.issue('billing', ['URI:spiffe://example.org/billing'])
  const settings = { DBSVC_SERVER_TLS_CA: authority.certFile, DBSVC_SERVER_TLS_CLIENT_CERTIFICATE: 'require' }
  const strict = await serve(settings)
  await expect(ask(strict, mine)).resolves.toMatchObject({ status: 200 })
  await expect(ask(strict)).rejects.toThrow(/certificate.required/i)
  await expect(ask(strict, foreign)).rejects.toThrow(/unknown.ca|socket hang up|ECONNRESET/i)
  const lenient = await serve({ ...settings, DBSVC_SERVER_TLS_CLIENT_CERTIFICATE: 'request' })
  for (const certificate of [mine, {}, foreign]) {
    await expect(ask(lenient, certificate)).resolves.toMatchObject({ status: 200 })
  }
})

test('takes a certificate that was replaced, by itself and on SIGHUP, and keeps what it has when the new one is none', async () => {
  const router = await serve()
  expect(await subjectOf(router)).toBe('first')
  await write(await authority.issue('second', names), router)
  router.process.kill('SIGHUP')
  await expect.poll(() => subjectOf(router), { timeout: 3_000 }).toBe('second')
  await write(await authority.issue('third', names), router)
  await expect.poll(() => subjectOf(router), { timeout: 15_000, interval: 200 }).toBe('third')
  await writeFile(router.certFile, 'no certificate')
  router.process.kill('SIGHUP')
  await router.process.waitFor(/certificate of the listener not renewed/)
  expect(await ask(router)).toMatchObject({ status: 200 })
}, 60_000)

test('says what is wrong with its files before it listens', async () => {
  const [cert, key] = [await authority.issue('one', names), await authority.issue('other', names)]
  const files = { certFile: join(directory, 'torn.pem'), keyFile: join(directory, 'torn.key') }
  await write({ cert: cert.cert, key: key.key }, files)
  const start = (env: Record<string, string>) =>
    runDbsvc(['serve', '--port', '0'], { cwd: cluster.project.directory, env })
  const torn = await start({ DBSVC_SERVER_TLS_CERT: files.certFile, DBSVC_SERVER_TLS_KEY: files.keyFile })
  expect(torn).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('DBS-2021') })
  const half = await start({ DBSVC_SERVER_TLS_CERT: files.certFile })
  expect(half).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('takes cert and key together') })
  const blind = { DBSVC_SERVER_TLS_CERT: files.certFile, DBSVC_SERVER_TLS_KEY: files.keyFile }
  expect(await start({ ...blind, DBSVC_SERVER_TLS_CLIENT_CERTIFICATE: 'require' })).toMatchObject({ exitCode: 3 })
})
