import { connect as connectHttp2, constants } from 'node:http2'
import { setTimeout as delay } from 'node:timers/promises'
import type { DescMethod } from '@bufbuild/protobuf'
import { beforeAll, expect, test } from 'vitest'
import { CacheService } from '../../src/server/contract/dbsvc/v1/cache_pb.js'
import { ConfigService } from '../../src/server/contract/dbsvc/v1/config_pb.js'
import { GraphService } from '../../src/server/contract/dbsvc/v1/graph_pb.js'
import { IngestService } from '../../src/server/contract/dbsvc/v1/ingest_pb.js'
import { MultiDatabaseService } from '../../src/server/contract/dbsvc/v1/multi_pb.js'
import { QueryService } from '../../src/server/contract/dbsvc/v1/query_pb.js'
import { RegistryService } from '../../src/server/contract/dbsvc/v1/registry_pb.js'
import { VectorService } from '../../src/server/contract/dbsvc/v1/vector_pb.js'
import { Health } from '../../src/server/contract/grpc/health/v1/health_pb.js'
import { ServerReflection } from '../../src/server/contract/grpc/reflection/v1/reflection_pb.js'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { leakOf } from './support/leak.ts'
import { createRandom, type Random } from './support/random.ts'
import { codeOf, type RpcAnswer } from './support/rpc-answers.ts'
import { callFor, type Protocol, type RpcInput } from './support/rpc-inputs.ts'
import { overHttp1, overHttp2, type RpcConnection } from './support/rpc-wire.ts'
import { answerTo } from './support/wire.ts'

const inputs = Number(process.env.DBSVC_FUZZ_RPC_INPUTS ?? 10_000)
const seed = Number(process.env.DBSVC_FUZZ_SEED ?? 20_260_105)
const callers = 16
// Of a run whose number nobody chose; a busy machine comes to fewer.
const longestMs = process.env.DBSVC_FUZZ_RPC_INPUTS === undefined ? 40_000 : Number.POSITIVE_INFINITY

const canary = 'canary@of.xyz.example'
const leak = leakOf(canary)

const services = [
  QueryService,
  CacheService,
  ConfigService,
  RegistryService,
  VectorService,
  GraphService,
  IngestService,
  MultiDatabaseService,
  Health,
  ServerReflection,
]
// A watch has no end.
const methods = services.flatMap((service) => service.methods as DescMethod[]).filter(({ name }) => name !== 'Watch')

let cluster: Cluster
let router: TestRouter

beforeAll(async () => {
  cluster = await createCluster()
  const insert = `insert into users (user_id, email, subscription_tier) values ('victim', '${canary}', 'pro')`
  await cluster.as({ company: 'company_xyz' }, insert)
  router = await startRouter(cluster, { env: { DBSVC_SERVER_HTTP_MESSAGE_MS: '3000' } })
})

const headersOf = ({ key }: TestRouter) => ({ authorization: `Bearer ${key}`, 'x-dbsvc-company': 'company_abc' })

/** What is wrong with an answer, if anything. */
function faultIn(answer: RpcAnswer): string | null {
  const told = JSON.stringify([answer.headers, answer.trailers]) + answer.body.toString('latin1')
  if (leak.test(told) || leak.test(withoutPercents(told))) return 'it tells what is inside'
  if (told.includes('DBS-2005')) return 'the service failed'
  const code = codeOf(answer)
  if (code === null) return 'it has no code'
  return code === 'unknown' ? 'its code says nothing' : null
}

/** As gRPC writes its messages. */
const withoutPercents = (text: string): string =>
  text.replaceAll(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

const told = ({ path, protocol, headers, body }: RpcInput): string =>
  `${protocol} ${path} ${JSON.stringify(headers)} ${body.length} bytes ${body.subarray(0, 300).toString('hex')}`

interface Way {
  readonly protocol: Protocol
  open(url: string): RpcConnection
}

const ways: readonly Way[] = [
  { protocol: 'Connect', open: overHttp2 },
  { protocol: 'gRPC', open: overHttp2 },
  { protocol: 'gRPC-Web', open: overHttp2 },
  { protocol: 'Connect', open: overHttp1 },
  { protocol: 'gRPC-Web', open: overHttp1 },
]

async function fuzz({ protocol, open }: Way, random: Random, count: number, seen: Map<string, number>): Promise<void> {
  const connection = open(router.url)
  const until = performance.now() + longestMs
  for (let done = 0; done < count && performance.now() < until; done += 1) {
    const input = callFor(random.one(methods), protocol, random)
    const answer = await connection.ask(input, headersOf(router)).catch((error: Error) => {
      throw new Error(`${error.message}: ${told(input)}`)
    })
    const outcome = answer === null ? 'reset' : codeOf(answer)
    seen.set(`${input.path} ${outcome}`, (seen.get(`${input.path} ${outcome}`) ?? 0) + 1)
    const fault = answer === null ? null : faultIn(answer)
    if (fault === null) continue
    throw new Error(
      `${fault}: ${told(input)}\n${JSON.stringify(answer)} ${answer?.body.toString('latin1').slice(0, 1_000)}`,
    )
  }
  connection.close()
}

async function expectAlive(): Promise<void> {
  expect((await router.post('/v1/query', { sql: 'select 1' })).body).toMatchObject({ rows: [[1]] })
  expect(await cluster.database.query('select email from tenant_company_xyz.users')).toEqual([{ email: canary }])
}

test(`answers ${inputs} broken calls of every method with a code or a result, seed ${seed}`, async () => {
  const seen = new Map<string, number>()
  const each = Math.ceil(inputs / callers)
  await Promise.all(
    Array.from({ length: callers }, (_, at) =>
      fuzz(ways[at % ways.length] as Way, createRandom(seed + at), each, seen),
    ),
  )
  const asked = [...seen.values()].reduce((sum, count) => sum + count, 0)
  const reset = [...seen].reduce((sum, [what, count]) => (what.endsWith(' reset') ? sum + count : sum), 0)
  expect(asked).toBeGreaterThan(500)
  // What this side resets itself is 3 of 100.
  expect(reset / asked).toBeLessThan(0.1)
  for (const { parent, name } of methods) {
    expect(
      [...seen.keys()].filter((what) => what.startsWith(`/${parent.typeName}/${name} `)),
      name,
    ).not.toEqual([])
  }
  await expectAlive()
}, 600_000)

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

/** A frame of HTTP/2. Source: RFC 9113, section 4.1. */
function frame(type: number, flags: number, stream: number, payload: Buffer | string = '', length?: number): string {
  const bytes = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload
  const head = Buffer.alloc(9)
  head.writeUIntBE(length ?? bytes.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, bytes]).toString('latin1')
}

const settings = frame(4, 0, 0)

const wires: readonly (readonly [string, string])[] = [
  ['a frame longer than any may be', preface + settings + frame(0, 0, 1, 'x', 2 ** 24 - 1)],
  ['data on no stream', preface + settings + frame(0, 0, 0, 'x')],
  ['data on a stream that is idle', preface + settings + frame(0, 1, 1, 'x')],
  ['headers that cannot be unpacked', preface + settings + frame(1, 5, 1, '\xff\xff\xff\xff')],
  ['padding longer than its frame', preface + settings + frame(1, 0xd, 1, '\xff\x82')],
  ['a window that grows by nothing', preface + settings + frame(8, 0, 0, '\0\0\0\0')],
  ['a window that overflows', preface + settings + frame(8, 0, 0, '\x7f\xff\xff\xff').repeat(2)],
  ['settings of a wrong size', preface + frame(4, 0, 0, '12345')],
  ['a stream of an even number', preface + settings + frame(1, 5, 2, '\x82')],
  ['a type of frame that there is not', preface + settings + frame(0xee, 0xff, 7, 'x'.repeat(100))],
  ['headers that go on and on', preface + settings + frame(1, 0, 1, '\x82') + frame(9, 0, 1, 'x').repeat(5_000)],
  ['thousands of pings', preface + settings + frame(6, 0, 0, '12345678').repeat(20_000)],
  ['thousands of settings', preface + settings.repeat(20_000)],
  ['half a preface', preface.slice(0, 12)],
]

test.each(wires)('survives %s', async (_what, text) => {
  expect(await answerTo(router.port, Buffer.from(text, 'latin1'))).not.toMatch(leak)
  await expectAlive()
})

const call = (path = '/dbsvc.v1.QueryService/Query') => ({
  ':method': 'POST',
  ':path': path,
  'content-type': 'application/grpc+proto',
  te: 'trailers',
  ...headersOf(router),
})

test('outlives thousands of streams that are opened and reset at once', async () => {
  for (let round = 0; round < 5; round += 1) {
    const session = connectHttp2(router.url)
    session.on('error', () => {})
    for (let at = 0; at < 500 && !session.destroyed && !session.closed; at += 1) {
      const stream = session.request(call())
      stream.on('error', () => {})
      stream.write(Buffer.from([0, 0, 0, 0, 10]))
      stream.close(constants.NGHTTP2_CANCEL)
      if (at % 50 === 0) await delay(1)
    }
    session.destroy()
  }
  await expectAlive()
})

test('answers others at once while many calls come in drops, and gives those up', async () => {
  const sessions = Array.from({ length: 4 }, () => connectHttp2(router.url))
  let closed = 0
  const streams = sessions.flatMap((session) => {
    session.on('error', () => {})
    return Array.from({ length: 50 }, (_, at) => {
      const path = at % 2 === 0 ? '/dbsvc.v1.QueryService/Query' : '/dbsvc.v1.QueryService/Execute'
      const stream = session.request(call(path))
      stream
        .on('error', () => {})
        .on('close', () => {
          closed += 1
        })
      return stream.resume()
    })
  })
  const until = performance.now() + 12_000
  for (let at = 0; performance.now() < until && closed < streams.length; at += 1) {
    for (const stream of streams) if (!stream.closed) stream.write(Buffer.from([at === 3 ? 1 : 0]))
    if (at % 5 === 0) await expectAlive()
    await delay(200)
  }
  expect(closed).toBe(streams.length)
  for (const session of sessions) session.destroy()
}, 60_000)

test('nothing of all that was a fault of the router', async () => {
  await router.stop()
  const { exitCode, stderr } = await router.process.exited
  expect(exitCode, stderr.slice(-3_000)).toBe(0)
  expect(stderr.split('\n').filter((line) => line.includes('"msg":"fault"'))).toEqual([])
})
