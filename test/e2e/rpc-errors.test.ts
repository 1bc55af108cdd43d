import { create, fromBinary, type Message } from '@bufbuild/protobuf'
import { Code, ConnectError, createClient } from '@connectrpc/connect'
import { beforeAll, describe, expect, test } from 'vitest'
import { ErrorDetailSchema } from '../../src/server/contract/dbsvc/v1/error_pb.js'
import { IngestService, IngestStreamRequestSchema } from '../../src/server/contract/dbsvc/v1/ingest_pb.js'
import { QueryRequestSchema, QueryService } from '../../src/server/contract/dbsvc/v1/query_pb.js'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { transports } from './support/rpc-clients.ts'

let cluster: Cluster
let router: TestRouter
let headers: Record<string, string>

beforeAll(async () => {
  cluster = await createCluster()
  router = await startRouter(cluster)
  headers = { authorization: `Bearer ${router.key}`, 'x-dbsvc-company': 'company_abc' }
})

const failure = (asked: Promise<unknown>): Promise<ConnectError> =>
  asked.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => ConnectError.from(error),
  )
const detailOf = (error: ConnectError) => error.findDetails(ErrorDetailSchema)[0]

/** The same, with a field that promises more bytes than there are. */
function torn<Kind extends Message>(message: Kind): Kind {
  message.$unknown = [{ no: 1, wireType: 2, data: new Uint8Array([200, 1]) }]
  return message
}

async function drain(messages: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of messages);
}

describe.each(transports.filter(([name]) => !name.includes('JSON')))('%s', (_name, transportTo) => {
  const tornQuery = () => torn(create(QueryRequestSchema, {}))
  const query = () => createClient(QueryService, transportTo(router.url))
  const ingest = () => createClient(IngestService, transportTo(router.url))
  async function* tornRows() {
    yield torn(create(IngestStreamRequestSchema, {}))
  }

  test.each([
    ['a single message', (own: Record<string, string>) => query().query(tornQuery(), { headers: own })],
    [
      'a message that is answered by a stream',
      (own: Record<string, string>) => drain(query().queryStream(tornQuery(), { headers: own })),
    ],
    ['a message of a stream', (own: Record<string, string>) => ingest().ingestStream(tornRows(), { headers: own })],
  ])('tells the code and the request of %s that cannot be parsed', async (_what, send) => {
    const named = await failure(send({ ...headers, 'x-request-id': 'trade-19' }))
    expect([named.code, named.rawMessage]).toEqual([
      Code.InvalidArgument,
      'the request is malformed: the message cannot be read',
    ])
    expect(detailOf(named)).toMatchObject({
      code: 'DBS-2001',
      requestId: 'trade-19',
      detailsJson: '{"reason":"the message cannot be read"}',
    })
    const unnamed = await failure(send(headers))
    expect(detailOf(unnamed)?.requestId).toMatch(/^[\da-f-]{36}$/)
    expect(unnamed.metadata.get('x-request-id')).toBe(detailOf(unnamed)?.requestId)
    // Who calls comes before what is asked.
    const unknown = await failure(send({ ...headers, authorization: 'Bearer nobody' }))
    expect([unknown.code, detailOf(unknown)?.code]).toEqual([Code.Unauthenticated, 'DBS-2101'])
  })
})

/** One message of Connect, as it is on the wire. */
async function send(body: string, more: Record<string, string> = {}) {
  const own = { ...headers, 'content-type': 'application/json', ...more }
  const response = await fetch(`${router.url}/dbsvc.v1.QueryService/Query`, { method: 'POST', headers: own, body })
  const { code, message, details } = (await response.json()) as {
    readonly code: string
    readonly message: string
    readonly details: readonly [{ readonly value: string }]
  }
  const detail = fromBinary(ErrorDetailSchema, Buffer.from(details[0].value, 'base64'))
  return { status: response.status, code, message, detail: [detail.code, JSON.parse(detail.detailsJson).reason] }
}

test.each([
  ['no JSON', '{"sql": "select \'secret\'', {}, 'dbsvc.v1.QueryRequest cannot be read'],
  ['a field of another type', '{"timeoutMs": "secret"}', {}, 'dbsvc.v1.QueryRequest.timeout_ms cannot be read'],
  [
    'a deadline that is none',
    '{}',
    { 'connect-timeout-ms': 'secret' },
    'the deadline is none, or later than in 24 hours',
  ],
  ['what is not packed as it says', '{}', { 'content-encoding': 'gzip' }, 'the message cannot be read'],
])('names what is wrong, and quotes nothing of it: %s', async (_what, body, more, reason) => {
  expect(await send(body, more)).toEqual({
    status: 400,
    code: 'invalid_argument',
    message: `the request is malformed: ${reason}`,
    detail: ['DBS-2001', reason],
  })
})

test('keeps the status of what is too large, or packed in an unknown way', async () => {
  const large = await send(JSON.stringify({ sql: 'x'.repeat(17 * 2 ** 20) }))
  expect([large.code, large.detail]).toEqual(['resource_exhausted', ['DBS-2001', 'the message is too large']])
  const packed = await send('{}', { 'content-encoding': 'zstd' })
  expect([packed.code, packed.detail[0]]).toEqual(['unimplemented', 'DBS-2001'])
})
