import { create, createFileRegistry, type DescMethodUnary, fromBinary, toJson } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { Code, createClient, type Transport } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { beforeAll, expect, test } from 'vitest'
import {
  Health,
  HealthCheckResponse_ServingStatus as Status,
} from '../../src/server/contract/grpc/health/v1/health_pb.js'
import { ServerReflection } from '../../src/server/contract/grpc/reflection/v1/reflection_pb.js'
import { ServerReflection as ServerReflectionAlpha } from '../../src/server/contract/grpc/reflection/v1alpha/reflection_pb.js'
import { startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { grpcClient } from './support/rpc-clients.ts'

let cluster: Cluster
let router: TestRouter
let transport: Transport

beforeAll(async () => {
  cluster = await createCluster()
  router = await startRouter(cluster)
  transport = createGrpcTransport({ baseUrl: router.url })
})

type Question = { readonly case: 'listServices' | 'fileByFilename' | 'fileContainingSymbol'; readonly value: string }

/** As tools do it: one stream, a question at a time. */
async function reflect(
  service: typeof ServerReflection | typeof ServerReflectionAlpha,
  questions: readonly Question[],
) {
  async function* requests() {
    for (const messageRequest of questions) yield { messageRequest }
  }
  const answers = []
  const client = createClient(service as typeof ServerReflection, transport)
  for await (const { messageResponse } of client.serverReflectionInfo(requests())) answers.push(messageResponse)
  return answers
}

test.each([
  ['v1', ServerReflection],
  ['v1alpha', ServerReflectionAlpha],
])('a client that knows no contract learns it by reflection %s, and asks by it', async (_version, service) => {
  const [listed, found, missing] = await reflect(service, [
    { case: 'listServices', value: '' },
    { case: 'fileContainingSymbol', value: 'dbsvc.v1.QueryService.Query' },
    { case: 'fileContainingSymbol', value: 'dbsvc.v1.Nothing' },
  ])
  if (listed?.case !== 'listServicesResponse' || found?.case !== 'fileDescriptorResponse') throw new Error('no answer')
  expect(listed.value.service.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['dbsvc.v1.QueryService', 'dbsvc.v1.VectorService', 'grpc.health.v1.Health']),
  )
  expect(missing).toMatchObject({ case: 'errorResponse', value: { errorCode: Code.NotFound } })

  const file = found.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes)).reverse()
  const learned = createFileRegistry(create(FileDescriptorSetSchema, { file })).getService('dbsvc.v1.QueryService')
  const query = learned?.method.query
  if (query?.methodKind !== 'unary') throw new Error('no such method')
  const headers = { authorization: `Bearer ${router.key}`, 'x-dbsvc-company': 'company_abc' }
  const sql = `select current_setting('app.current_company_id')`
  const asked = { sql } as Record<string, unknown>
  const { message } = await transport.unary(query as DescMethodUnary, undefined, undefined, headers, asked)
  expect(toJson(query.output, message)).toMatchObject({ rows: [{ values: [{ textValue: 'company_abc' }] }] })
})

test('tells its readiness to whoever checks health by gRPC, and ends a watch when it stops', async () => {
  const stopping = await startRouter(cluster)
  const client = grpcClient(Health, stopping.url)
  await expect.poll(async () => (await client.check({})).status, { timeout: 10_000 }).toBe(Status.SERVING)
  expect((await client.check({ service: 'dbsvc.v1.QueryService' })).status).toBe(Status.SERVING)
  await expect(client.check({ service: 'nothing' })).rejects.toMatchObject({ code: Code.NotFound })

  const seen: Status[] = []
  for await (const { status } of client.watch({})) {
    seen.push(status)
    if (status === Status.SERVING) stopping.process.kill('SIGTERM')
  }
  expect(seen).toEqual([Status.SERVING, Status.NOT_SERVING])
  expect((await stopping.process.exited).exitCode).toBe(0)
})
