import { request } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Code, ConnectError, createClient } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { QueryService } from '../../src/server/contract/dbsvc/v1/query_pb.js'
import { runDbsvc } from '../support/dbsvc.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { holdStatement, letWait } from './support/held-statement.ts'

let cluster: Cluster

beforeAll(async () => {
  cluster = await createCluster()
  await letWait(cluster)
})

describe('server.http', () => {
  // Long enough for what comes at once, however busy the machine is; unless set it is ten times as long.
  const messageMs = 3_000
  let router: TestRouter

  beforeAll(async () => {
    const env = {
      DBSVC_SERVER_HTTP_BODY_BYTES: '2048',
      DBSVC_SERVER_HTTP_HEADER_BYTES: '2048',
      DBSVC_SERVER_HTTP_MESSAGE_MS: String(messageMs),
      DBSVC_SERVER_HTTP_STREAMS_PER_CONNECTION: '3',
    }
    router = await startRouter(cluster, { env })
  })

  const headers = () => ({ authorization: `Bearer ${router.key}`, 'x-dbsvc-company': 'company_abc' })
  const sql = (length: number) => `select 1 -- ${'x'.repeat(length)}`

  test('bodyBytes: a larger message is refused by both doors', async () => {
    expect((await router.post('/v1/query', { sql: sql(1_000) })).status).toBe(200)
    const large = await router.post('/v1/query', { sql: sql(2_500) })
    expect(large).toMatchObject({ status: 413, body: { error: { code: 'DBS-2001' } } })
    const transport = createConnectTransport({ baseUrl: router.url, httpVersion: '1.1' })
    const ask = (length: number) =>
      createClient(QueryService, transport).query({ sql: sql(length) }, { headers: headers() })
    expect((await ask(1_000)).rowCount).toBe(1n)
    const refused = await ask(2_500).catch((error: unknown) => ConnectError.from(error))
    expect(refused).toMatchObject({ code: Code.ResourceExhausted })
  })

  test('headerBytes: larger headers are refused over both versions', async () => {
    const fine = await fetch(`${router.url}/livez`, { headers: { 'x-filler': 'y'.repeat(1_000) } })
    const large = await fetch(`${router.url}/livez`, { headers: { 'x-filler': 'y'.repeat(3_000) } })
    expect([fine.status, large.status]).toEqual([200, 431])
    expect(await large.json()).toMatchObject({ error: { code: 'DBS-2001', request_id: expect.any(String) } })
    const statusOver2 = (length: number) =>
      new Promise<unknown>((resolve) => {
        const session = connectHttp2(router.url)
        session.on('error', resolve)
        const stream = session.request({ ':path': '/livez', 'x-filler': 'y'.repeat(length) })
        stream.on('response', (given) => resolve(given[':status'])).on('error', resolve)
        stream.on('close', () => session.destroy())
      })
    expect(await statusOver2(1_000)).toBe(200)
    expect(await statusOver2(3_000)).toBe(431)
    const over2 = await answerOver2({ ':path': '/livez', 'x-filler': 'y'.repeat(3_000), 'x-request-id': 'large' })
    expect(over2).toMatchObject({ error: { code: 'DBS-2001', request_id: 'large' } })
  })

  const answerOver2 = async (asked: Record<string, string>): Promise<unknown> => {
    const session = connectHttp2(router.url)
    const stream = session.request(asked)
    let text = ''
    for await (const chunk of stream.setEncoding('utf8')) text += chunk
    session.destroy()
    return JSON.parse(text)
  }

  const answerTo = async (text: string): Promise<string> => {
    const socket = connect(router.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(text)
    let answer = ''
    for await (const bytes of socket) answer += String(bytes)
    return answer
  }

  test('what is no HTTP, and an expectation that nobody meets, is refused in the words of all refusals', async () => {
    const refused = (status: number) =>
      new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*"code":"DBS-2001"[\\s\\S]*"request_id":"`)
    expect(await answerTo('no HTTP at all\r\n\r\n')).toMatch(refused(400))
    expect(await answerTo(`${head('expect: a miracle', 'connection: close', 'content-length: 0')}\r\n\r\n`)).toMatch(
      refused(417),
    )
    const over2 = await answerOver2({ ':path': '/livez', expect: 'a miracle', 'x-request-id': 'hopeful' })
    expect(over2).toMatchObject({ error: { code: 'DBS-2001', request_id: 'hopeful' } })
    await router.process.waitFor(/"request_id":"hopeful"/)
  })

  const head = (...more: readonly string[]) =>
    [
      'POST /v1/query HTTP/1.1',
      'host: a',
      'content-type: application/json',
      ...Object.entries(headers()).map((pair) => pair.join(': ')),
      ...more,
    ].join('\r\n')

  test.each([
    ['headers', () => head()],
    ['a message', () => `${head('content-length: 500')}\r\n\r\n{"sql"`],
  ])('messageMs: %s that do not come end a connection of HTTP/1.1 with 408', async (_what, text) => {
    const startedAt = performance.now()
    expect(await answerTo(text())).toMatch(/^HTTP\/1\.1 408[\s\S]*"code":"DBS-2001"/)
    expect(performance.now() - startedAt).toBeLessThan(9 * messageMs)
  })

  test('messageMs: a message that does not come ends its stream of HTTP/2, and not the connection', async () => {
    const session = connectHttp2(router.url)
    const stream = session.request({
      ':method': 'POST',
      ':path': '/v1/query',
      'content-type': 'application/json',
      ...headers(),
    })
    stream.on('error', () => {})
    stream.write('{"sql"')
    await new Promise((resolve) => stream.once('close', resolve))
    const other = session.request({ ':path': '/livez' })
    expect(await new Promise((resolve) => other.once('response', (given) => resolve(given[':status'])))).toBe(200)
    session.destroy()
  })

  test('messageMs: a statement may take longer than its message', async () => {
    const held = await holdStatement(cluster, 'longer than its message')
    const slow = router.post('/v1/query', { sql: held.sql })
    await delay(messageMs + 1_000)
    await held.release()
    expect((await slow).status).toBe(200)
  })

  test('messageMs: what is read at the pace of the database may take longer, while more of it comes', async () => {
    const send = (pause: () => Promise<unknown>) => {
      const drops = async function* () {
        yield '{"columns": ["user_id", "email", "subscription_tier"]}\n'
        for (let at = 0; at < 8; at += 1) {
          await pause()
          yield `["pace${at}", "pace${at}@x", "free"]\n`
        }
      }
      return fetch(`${router.url}/v1/ingest/users`, {
        method: 'POST',
        headers: { ...headers(), 'content-type': 'application/x-ndjson' },
        body: ReadableStream.from(drops()),
        duplex: 'half',
      } as RequestInit)
    }
    expect((await send(() => delay(messageMs / 6))).status).toBe(200)
    expect((await send(() => new Promise(() => {}))).status).toBe(408)
  })

  test('streamsPerConnection: further requests of a connection wait', async () => {
    const session = connectHttp2(router.url)
    await new Promise((resolve) => session.once('remoteSettings', resolve))
    expect(session.remoteSettings.maxConcurrentStreams).toBe(3)
    session.destroy()
  })

  test('what cannot be is refused before anything is served', async () => {
    const env = { DBSVC_SERVER_HTTP_BODY_BYTES: '1', DBSVC_SERVER_HTTP_TRUSTED_PROXIES: 'everybody' }
    const { exitCode, stderr } = await runDbsvc(['serve', '--port', '0'], { cwd: cluster.project.directory, env })
    expect(exitCode).not.toBe(0)
    expect(stderr).toMatch(/server\.http\.bodyBytes/)
    expect(stderr).toMatch(/server\.http\.trustedProxies/)
  })
})

describe('server.http.trustedProxies', () => {
  const [proxy, second] = ['127.0.0.9', '127.0.0.10']
  let router: TestRouter

  beforeAll(async () => {
    const env = {
      DBSVC_SERVER_HTTP_TRUSTED_PROXIES: `${proxy},127.0.0.10/31`,
      DBSVC_SERVER_AUTH_FAILURES_PER_MINUTE: '3',
    }
    router = await startRouter(cluster, { env, grants: ['--network', '203.0.113.0/24'] })
  })

  const ask = (
    localAddress: string,
    forwardedFor: string | string[] | undefined,
    key = router.key,
  ): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'x-dbsvc-company': 'company_abc',
        ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }),
      }
      const asked = request(`${router.url}/v1/query`, { method: 'POST', localAddress, headers }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode))
      })
      asked.on('error', reject).end('{"sql": "select 1"}')
    })

  test('a key is held to the network of whom a trusted proxy speaks for', async () => {
    expect(await ask(proxy, '203.0.113.7')).toBe(200)
    expect(await ask(proxy, '198.51.100.7')).toBe(401)
    expect(await ask(proxy, undefined)).toBe(401)
    expect(await ask(second, `203.0.113.7, ${proxy}`)).toBe(200)
    expect(await ask(second, ['203.0.113.7', proxy])).toBe(200)
    expect(await ask(proxy, '203.0.113.7, 127.0.0.11')).toBe(200)
  })

  test.each([
    ['a peer that is no proxy of ours', '127.0.0.1', '203.0.113.7'],
    ['such a peer that names a proxy of ours too', '127.0.0.1', `203.0.113.7, ${proxy}`],
    ['a caller who wrote a header before the proxy added to it', proxy, '203.0.113.7, 198.51.100.7'],
    ['text that is no address', proxy, '203.0.113.7, unknown'],
    ['an empty part', proxy, '203.0.113.7,'],
  ])('%s gets in nowhere by it', async (_who, from, forwardedFor) => {
    expect(await ask(from, forwardedFor)).not.toBe(200)
  })

  test('failures are counted for whom the proxy speaks, and not for what others write', async () => {
    const wrong = `dbk_${'x'.repeat(43)}`
    const statuses = async (from: string, forwardedFor: (at: number) => string) => {
      const found = []
      for (let at = 0; at < 6; at += 1) found.push(await ask(from, forwardedFor(at), wrong))
      return found
    }
    expect(await statuses('127.0.0.21', (at) => `192.0.2.${at}`)).toContain(429)
    expect(await statuses(proxy, (at) => `192.0.2.${at}`)).not.toContain(429)
    expect(await statuses(proxy, () => '192.0.2.77')).toContain(429)
    const sources = `select distinct source from dbsvc.authentication_failures where reason = 'unknown'`
    await expect
      .poll(async () => (await cluster.database.query<{ source: string }>(sources)).map(({ source }) => source), {
        timeout: 15_000,
      })
      .toEqual(expect.arrayContaining(['127.0.0.21', '192.0.2.77']))
  })

  test('over HTTP/2 and gRPC as well', async () => {
    const session = connectHttp2(router.url, {
      createConnection: () => connect({ host: '127.0.0.1', port: router.port, localAddress: proxy }),
    })
    const ask2 = (forwardedFor: string) =>
      new Promise((resolve, reject) => {
        const stream = session.request({
          ':method': 'POST',
          ':path': '/dbsvc.v1.QueryService/Query',
          'content-type': 'application/json',
          authorization: `Bearer ${router.key}`,
          'x-dbsvc-company': 'company_abc',
          'x-forwarded-for': forwardedFor,
        })
        stream.on('response', (given) => resolve(given[':status'])).on('error', reject)
        stream.end('{"sql": "select 1"}')
      })
    expect(await ask2('203.0.113.7')).toBe(200)
    expect(await ask2('198.51.100.8')).toBeOneOf([401, 429])
    session.destroy()
  })
})
