import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { httpRoutes } from '../../scripts/support/http-routes.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { type Input, inputFor } from './support/inputs.ts'
import { leakOf } from './support/leak.ts'
import { createRandom, type Random } from './support/random.ts'
import { answerTo, connected, openPipeline, type WireAnswer } from './support/wire.ts'

const inputs = Number(process.env.DBSVC_FUZZ_INPUTS ?? 100_000)
const seed = Number(process.env.DBSVC_FUZZ_SEED ?? 20_260_105)
const connections = 8
const depth = 25

const canary = 'canary@of.xyz.example'

let cluster: Cluster
let router: TestRouter

beforeAll(async () => {
  cluster = await createCluster()
  const insert = `insert into users (user_id, email, subscription_tier) values ('victim', '${canary}', 'pro')`
  await cluster.as({ company: 'company_xyz' }, insert)
  router = await startRouter(cluster)
})

function bytesOf({ method, path, body, contentType }: Input): Buffer {
  const head = [
    `${method} ${path} HTTP/1.1`,
    'host: localhost',
    `authorization: Bearer ${router.key}`,
    'x-dbsvc-company: company_abc',
    ...(contentType === '' ? [] : [`content-type: ${contentType}`]),
    ...(body === null ? [] : [`content-length: ${body.length}`]),
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body ?? Buffer.alloc(0)])
}

const leak = leakOf(canary)

/** What is wrong with an answer, if anything. */
function faultIn({ status, body }: WireAnswer): string | null {
  if (leak.test(body)) return 'it tells what is inside'
  if (status < 400) return null
  // An engine may be busy; nothing else is a fault of the service.
  if (status >= 500 && status !== 503 && status !== 504) return 'the service failed'
  const { error } = JSON.parse(body) as { readonly error?: { readonly code: string; readonly request_id: string } }
  if (!/^DBS-\d{4}$/.test(error?.code ?? '')) return 'its error has no code'
  return error?.request_id ? null : 'its error names no request'
}

async function fuzz(
  random: Random,
  routes: readonly string[],
  count: number,
  seen: Map<string, number>,
): Promise<void> {
  let pipeline = await openPipeline(router.port)
  let asked: Input[] = []
  for (let done = 0; done < count; ) {
    while (asked.length < Math.min(depth, count - done)) asked.push(inputFor(random.one(routes), random))
    const answers = await pipeline.send(asked.map(bytesOf))
    if (answers.length === 0) throw new Error(`no answer to ${told(asked[0] as Input)}\n${await lastWords()}`)
    for (const [at, answer] of answers.entries()) {
      const input = asked[at] as Input
      seen.set(input.route, (seen.get(input.route) ?? 0) + 1)
      const fault = faultIn(answer)
      if (fault !== null) throw new Error(`${fault}: ${told(input)}\n${answer.status} ${answer.body.slice(0, 2_000)}`)
    }
    done += answers.length
    if (answers.length < asked.length) {
      pipeline.close()
      pipeline = await openPipeline(router.port)
    }
    asked = asked.slice(answers.length)
  }
  pipeline.close()
}

/** What a router that has died said last. */
async function lastWords(): Promise<string> {
  const ended = await Promise.race([router.process.exited, delay(2_000)])
  return ended === undefined ? 'it runs' : ended.stderr.slice(-3_000)
}

const told = ({ method, path, body, contentType }: Input): string =>
  `${method} ${path} ${contentType} ${JSON.stringify(body?.toString('latin1').slice(0, 500))}`

async function expectAlive(): Promise<void> {
  expect((await router.post('/v1/query', { sql: 'select 1' })).body).toMatchObject({ rows: [[1]] })
  expect(await cluster.database.query(`select email from tenant_company_xyz.users`)).toEqual([{ email: canary }])
}

test(`answers ${inputs} broken requests to every endpoint with a typed error or a result, seed ${seed}`, async () => {
  // Those that need no key are answered alike whatever is sent, and their answers are long.
  const routes = [...(await httpRoutes())].filter((route) => route.includes('/v1/'))
  const seen = new Map<string, number>()
  const each = Math.ceil(inputs / connections)
  const runs = Array.from({ length: connections }, (_, at) => fuzz(createRandom(seed + at), routes, each, seen))
  await Promise.all(runs)
  expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(inputs)
  expect([...seen.keys()].sort()).toEqual(routes.sort())
  await expectAlive()
}, 1_200_000)

const wires: readonly (readonly [string, string])[] = [
  ['no HTTP', 'hello\r\n\r\n'],
  ['bytes', '\0\x01\x02\xff\xfe'.repeat(50)],
  ['a handshake of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['two lengths', 'POST /v1/query HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n{}'],
  [
    'a length and chunks',
    'POST /v1/query HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['a broken chunk', 'POST /v1/query HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
  ['huge headers', `GET /health HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(40_000)}\r\n\r\n`],
  ['many headers', `GET /health HTTP/1.1\r\nhost: a\r\n${'x: y\r\n'.repeat(3_000)}\r\n`],
  ['no host', 'GET /health HTTP/1.1\r\n\r\n'],
  ['another version', 'GET /health HTTP/9.9\r\n\r\n'],
  ['a preface of HTTP/2 and no frames', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGET / HTTP/1.1\r\n\r\n'],
  [
    'a message that ends early',
    'POST /v1/query HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"sql"',
  ],
]

test.each(wires)('survives %s', async (_what, text) => {
  expect(await answerTo(router.port, Buffer.from(text, 'latin1'))).not.toMatch(leak)
  await expectAlive()
})

test('refuses a message that is too large, and one of very great depth', async () => {
  const huge = await router.post('/v1/query', { sql: 'x'.repeat(17 * 2 ** 20) }).catch(() => null)
  if (huge !== null) expect(huge).toMatchObject({ status: 413, body: { error: { code: 'DBS-2001' } } })
  for (const text of [
    '['.repeat(4_000_000),
    `{"sql":"select $1","params":${'['.repeat(200_000)}1.5${']'.repeat(200_000)}}`,
  ]) {
    const body = Buffer.from(text)
    const [answer] = await (await openPipeline(router.port)).send([
      bytesOf({ route: '', method: 'POST', path: '/v1/query', body, contentType: 'application/json' }),
    ])
    expect([answer?.status, answer?.body]).toEqual([400, expect.stringContaining('DBS-2001')])
  }
  await expectAlive()
})

test('answers others at once while many connections send their requests in drops', async () => {
  const text = bytesOf({
    route: '',
    method: 'POST',
    path: '/v1/query',
    body: Buffer.from('{"sql":"select 1"}'),
    contentType: 'application/json',
  })
  const slow = await Promise.all(Array.from({ length: 200 }, () => connected(router.port)))
  for (const socket of slow) socket.on('error', () => {})
  for (let at = 0; at < 40; at += 1) {
    for (const socket of slow) socket.write(text.subarray(at, at + 1))
    if (at % 10 === 0) await expectAlive()
    await delay(20)
  }
  const startedAt = performance.now()
  await expectAlive()
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  for (const socket of slow) socket.destroy()
})

test('nothing of all that was a fault of the router', async () => {
  await router.stop()
  const { exitCode, stderr } = await router.process.exited
  expect(exitCode, stderr.slice(-3_000)).toBe(0)
  expect(stderr.split('\n').filter((line) => line.includes('"msg":"fault"'))).toEqual([])
})
