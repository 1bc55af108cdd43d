import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { givenCluster } from '../../e2e/support/given.ts'
import { startClickhouseStandIn } from '../../standins/clickhouse/start.ts'
import { arangoServer } from '../../support/arango.ts'
import { type Authority, createAuthority, type Issued } from '../../support/certificates.ts'
import type { TestDatabase } from '../../support/database.ts'
import { type DbsvcResult, runDbsvc } from '../../support/dbsvc.ts'
import { describeEngine, engineFinding } from '../../support/engines.ts'
import { createProject } from '../../support/project.ts'
import { startRouter } from '../../support/router.ts'
import { startTlsProxy, type TlsProxyOptions } from '../../support/tls-proxy.ts'
import { valkeyServer } from '../../support/valkey.ts'
import { weaviateServer } from '../../support/weaviate.ts'

/** An address of this machine that dbsvc takes for another one: loopback is 127.0.0.1 and ::1 alone. */
const elsewhere = '127.0.0.2'

let authority: Authority
let stranger: Authority
let database: TestDatabase
let standIn: Awaited<ReturnType<typeof startClickhouseStandIn>> | undefined
afterAll(() => standIn?.stop())
/** Certificates for `elsewhere`, and for somebody else. */
let right: Issued
let wrong: Issued

beforeAll(async () => {
  authority = await createAuthority('engines')
  stranger = await createAuthority('strangers')
  right = await authority.issue('engine', [`IP:${elsewhere}`])
  wrong = await authority.issue('other', ['DNS:other.example', 'DNS:localhost'])
  database = (await givenCluster()).database
}, 120_000)

type Config = Readonly<Record<string, object>>
/** How the server is reached: over TLS with a certificate, or in the clear. */
type Front = Issued | null

async function run(command: readonly string[], config: Config, env: Record<string, string> = {}): Promise<DbsvcResult> {
  const project = await createProject({ database, config })
  return runDbsvc(command, { cwd: project.directory, env })
}

const front = (certificate: Front, port: number, more: Partial<TlsProxyOptions> = {}) =>
  startTlsProxy({ port, certificate, ...more })

describe('PostgreSQL', () => {
  const status = async (certificate: Front, more: object = {}, env = {}) => {
    const port = await front(certificate, database.port, { asks: true })
    return run(['migrate', 'status'], { postgres: { host: elsewhere, port, ...more } }, env)
  }

  test('is not spoken to where nobody vouches for its certificate', async () => {
    const { exitCode, stderr } = await status(right)
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 4, stderr: expect.stringMatching(/certificate/) })
  })

  test('is, where the authority is given', async () => {
    expect((await status(right, { sslRootCert: authority.certFile })).exitCode).toBe(0)
  })

  test('is not, where the certificate is for another host', async () => {
    const { exitCode, stderr } = await status(wrong, { sslRootCert: authority.certFile })
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 4, stderr: expect.stringMatching(/altnames/) })
  })

  test('is not without TLS, unless it is told so', async () => {
    const { exitCode, stderr } = await status(null)
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 4, stderr: expect.stringMatching(/does not support SSL/) })
    expect((await status(null, { ssl: 'disable' })).exitCode).toBe(0)
  })

  test('is not while serving either, when another server answers in its place', async () => {
    let shown = right
    const port = await startTlsProxy({ port: database.port, certificate: () => shown, asks: true })
    const postgres = { host: elsewhere, port, sslRootCert: authority.certFile }
    const project = await createProject({ database, config: { postgres } })
    const dbsvc = (...args: string[]) => runDbsvc(args, { cwd: project.directory })
    await dbsvc('tenant', 'create', 'company_abc')
    const router = await startRouter({ dbsvc, project })
    const ask = async () => (await router.post('/v1/query', { sql: 'select 1' })).status
    const sessions = `from pg_stat_activity where datname = current_database() and usename = 'database_service_role'`
    expect(await ask()).toBe(200)
    shown = wrong
    await database.query(`select pg_terminate_backend(pid) ${sessions}`)
    await expect.poll(ask).toBe(503)
    expect(await database.query(`select pid ${sessions}`)).toEqual([])
    shown = right
    await expect.poll(ask).toBe(200)
  })
})

interface Reached {
  readonly section: 'clickhouse' | 'dragonfly' | 'weaviate' | 'arango'
  /** The section of the configuration for the server behind such a front. */
  readonly configOf: (certificate: Front) => Promise<Record<string, unknown>>
}

const url = (scheme: string, certificate: Front, port: number) =>
  `${scheme}${certificate === null ? '' : 's'}://${elsewhere}:${port}`

function testStore({ section, configOf }: Reached): void {
  const examine = async (config: Record<string, unknown>, env: Record<string, string> = {}) => {
    const result = await run(['doctor', '--json', '--only', 'stores'], { [section]: config }, env)
    const { findings = [], facts } = result.json<{
      findings?: { id: string; message: string }[]
      facts?: { stores?: Record<string, string> }
    }>()
    return {
      found: findings.map(({ id, message }) => `${id}: ${message}`),
      stores: facts?.stores,
      told: result.stdout + result.stderr,
    }
  }
  const trusting = async (certificate: Front, { certFile } = authority) => ({
    ...(await configOf(certificate)),
    ca: certFile,
  })
  const certificateFault = /store-unreachable: .*(certificate|issuer|self.signed|altnames|UNAVAILABLE|fetch failed)/i

  test('is not spoken to where nobody vouches for its certificate', async () => {
    const { found, stores } = await examine(await configOf(right))
    expect({ found, stores }).toMatchObject({ found: [expect.stringMatching(certificateFault)], stores: {} })
  })

  test('is, where the authority is given', async () => {
    const { found, stores } = await examine(await trusting(right))
    expect(found.filter((each) => !each.startsWith('store-lacks'))).toEqual([])
    expect(stores).toHaveProperty(section)
  })

  test('is, where the whole process is told of the authority', async () => {
    const { stores } = await examine(await configOf(right), { NODE_EXTRA_CA_CERTS: authority.certFile })
    expect(stores).toHaveProperty(section)
  })

  test('is not, where another authority is given', async () => {
    const { found, stores } = await examine(await trusting(right, stranger))
    expect({ found, stores }).toMatchObject({ found: [expect.stringMatching(certificateFault)], stores: {} })
  })

  test('is not, where the file has no certificate', async () => {
    const { found, stores } = await examine({ ...(await configOf(right)), ca: import.meta.filename })
    expect({ found, stores }).toMatchObject({
      found: [expect.stringMatching(/it has no certificate in PEM/)],
      stores: {},
    })
  })

  test('is not, where the certificate is for another host', async () => {
    const { found, stores } = await examine(await trusting(wrong))
    expect({ found, stores }).toMatchObject({ found: [expect.stringMatching(certificateFault)], stores: {} })
  })

  test('is not without TLS, unless it is told so', async () => {
    const config = await configOf(null)
    expect((await examine(config)).told).toMatch(/has to be https or rediss outside of this machine/)
    const { found, stores } = await examine({ ...config, plaintext: true })
    expect(found.filter((each) => !each.startsWith('store-lacks'))).toEqual([])
    expect(stores).toHaveProperty(section)
  })
}

describeEngine('valkey', 'DragonflyDB', () =>
  testStore({
    section: 'dragonfly',
    async configOf(certificate) {
      const { port, password } = new URL((await valkeyServer()).url)
      const at = await front(certificate, Number(port))
      return { url: url('redis', certificate, at), password: decodeURIComponent(password) }
    },
  }),
)

describeEngine('clickhouse-server', 'ClickHouse', () =>
  testStore({
    section: 'clickhouse',
    async configOf(certificate) {
      const given = engineFinding('clickhouse-server').url
      if (given === null) standIn ??= await startClickhouseStandIn()
      const { port, username, password } = new URL(given ?? standIn?.url ?? '')
      const at = await front(certificate, Number(port))
      return { url: url('http', certificate, at), user: username, password: decodeURIComponent(password) }
    },
  }),
)

describeEngine('arango', 'ArangoDB', () =>
  testStore({
    section: 'arango',
    async configOf(certificate) {
      const server = await arangoServer()
      const at = await front(certificate, Number(new URL(server.url).port))
      return { url: url('http', certificate, at), user: server.user, password: server.password }
    },
  }),
)

describeEngine('weaviate', 'Weaviate', () =>
  testStore({
    section: 'weaviate',
    async configOf(certificate) {
      const server = await weaviateServer()
      const rest = await front(certificate, server.httpPort)
      const grpc = await front(certificate, server.grpcPort, { alpn: ['h2'] })
      return { url: url('http', certificate, rest), grpcUrl: url('http', certificate, grpc) }
    },
  }),
)
