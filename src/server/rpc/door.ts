import type { DescService } from '@bufbuild/protobuf'
import { Code, ConnectError, createConnectRouter, createContextValues } from '@connectrpc/connect'
import type { UniversalHandler } from '@connectrpc/connect/protocol'
import {
  compressionBrotli,
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from '@connectrpc/connect-node'
import { authorizationOf } from '../auth/bearer.ts'
import { CacheService } from '../contract/dbsvc/v1/cache_pb.js'
import { ConfigService } from '../contract/dbsvc/v1/config_pb.js'
import { GraphService } from '../contract/dbsvc/v1/graph_pb.js'
import { IngestService } from '../contract/dbsvc/v1/ingest_pb.js'
import { MultiDatabaseService } from '../contract/dbsvc/v1/multi_pb.js'
import { QueryService } from '../contract/dbsvc/v1/query_pb.js'
import { RegistryService } from '../contract/dbsvc/v1/registry_pb.js'
import { VectorService } from '../contract/dbsvc/v1/vector_pb.js'
import { Health } from '../contract/grpc/health/v1/health_pb.js'
import { ServerReflection } from '../contract/grpc/reflection/v1/reflection_pb.js'
import { ServerReflection as ServerReflectionAlpha } from '../contract/grpc/reflection/v1alpha/reflection_pb.js'
import { certificateOf } from '../listen/certificate.ts'
import type { AddressOf } from '../listen/client-address.ts'
import type { AnyRequest, AnyResponse, Handler } from '../listen/handler.ts'
import { bytesAtPace, bytesOf } from '../listen/message.ts'
import { requestIdOf } from '../request-id.ts'
import type { Router } from '../router.ts'
import { admitTo } from './admit.ts'
import { createAnswers } from './answer.ts'
import { cacheService } from './cache-service.ts'
import { type Peer, peerKey, reachedKey } from './call.ts'
import { configService } from './config-service.ts'
import { graphService } from './graph-service.ts'
import { ingestService } from './ingest-service.ts'
import { multiService } from './multi-service.ts'
import { tellOwnErrors } from './own-errors.ts'
import { queryService } from './query-service.ts'
import { registryService } from './registry-service.ts'
import { type HealthTerms, healthService } from './standard/health-service.ts'
import { reflectionServices } from './standard/reflection-services.ts'
import { vectorService } from './vector-service.ts'

const longestDeadlineMs = 24 * 60 * 60 * 1_000

export interface RpcDoor {
  /** Serves what is asked of this door. @returns false for what is not */
  serve(request: AnyRequest, response: AnyResponse): boolean
}

export interface RpcDoorOptions extends Omit<HealthTerms, 'services'> {
  /** As for the JSON door. */
  readonly onFault: (error: unknown, requestId: string) => void
  readonly addressOf: AddressOf
  /** Of one message, also when it is unpacked. */
  readonly bodyBytes: number
}

/** What reflection and health checks know of. */
const services: readonly DescService[] = [
  QueryService,
  CacheService,
  ConfigService,
  RegistryService,
  VectorService,
  GraphService,
  IngestService,
  MultiDatabaseService,
]

/** Connect, gRPC and gRPC-Web, told apart by content type. */
export function createRpcDoor(
  router: Router,
  { onFault, addressOf, bodyBytes, unreadiness, stopping }: RpcDoorOptions,
): RpcDoor {
  const { answer, answerStream } = createAnswers(router.observer, onFault)
  const health = { unreadiness, stopping, services: new Set(services.map(({ typeName }) => typeName)) }
  const reflection = reflectionServices([...services, Health, ServerReflection])
  const { handlers } = createConnectRouter({
    acceptCompression: [compressionGzip, compressionBrotli],
    readMaxBytes: bodyBytes,
    maxTimeoutMs: longestDeadlineMs,
    requestGate: async (context) => {
      if (!health.services.has(context.service.typeName)) return
      tellOwnErrors(context, onFault)
      await admitTo(router, context, onFault)
    },
  })
    .service(QueryService, queryService(router, answer, answerStream))
    .service(CacheService, cacheService(router, answer))
    .service(ConfigService, configService(router, answer))
    .service(RegistryService, registryService(router, answer))
    .service(VectorService, vectorService(router, answer))
    .service(GraphService, graphService(router, answer))
    .service(MultiDatabaseService, multiService(router, answer))
    .service(IngestService, ingestService(router, answer))
    .service(Health, healthService(health))
    .service(ServerReflection, reflection.v1)
    .service(ServerReflectionAlpha, reflection.v1alpha)
  const byPath = new Map(handlers.map((handler) => [handler.requestPath, handler]))

  return {
    serve(request, response) {
      const [path = ''] = (request.url ?? '').split('?')
      const handler = byPath.get(path)
      if (handler === undefined) return false
      // Health checks and reflection are no operations.
      const way = { reached: !health.services.has(handler.service.typeName) }
      const startedAt = performance.now()
      const requestId = requestIdOf(request.headers['x-request-id'])
      exchange(handler, request, response, { address: addressOf(request), requestId, way }).catch((error: unknown) =>
        giveUp(response, error),
      )
      // It ends no sooner and no later; what exchanges the two need not.
      response.once('close', () => {
        if (way.reached) return
        const durationMs = performance.now() - startedAt
        router.observer.observeUnread({ requestId, outcome: 'refused', code: 'DBS-2001', durationMs }, undefined)
      })
      return true
    },
  }
}

async function exchange(
  handler: UniversalHandler,
  request: AnyRequest,
  response: AnyResponse,
  { address, requestId, way }: Pick<Peer, 'address' | 'requestId'> & { readonly way: { reached: boolean } },
): Promise<void> {
  const { socket } = request
  const peer = {
    address,
    requestId,
    authorization: authorizationOf(request.rawHeaders),
    certificate: certificateOf(socket),
    arrivedAt: performance.now(),
  }
  const values = createContextValues().set(peerKey, peer).set(reachedKey, way)
  const asked = universalRequestFromNodeRequest(request, response, undefined, values)
  const bytes = handler.method.methodKind === 'client_streaming' ? bytesAtPace(request) : bytesOf(request)
  const answered = await handler({ ...asked, body: bytes })
  await universalResponseToNodeResponse(answered, response)
}

/** The caller has gone, or its request is none that HTTP allows, such as one for a host that cannot be. */
function giveUp(response: AnyResponse, error: unknown): void {
  if (response.headersSent || ConnectError.from(error).code === Code.Aborted) {
    response.destroy()
    return
  }
  response.statusCode = 400
  response.end()
}

/** One handler out of two doors. */
export const besides =
  (door: RpcDoor, other: Handler): Handler =>
  (request, response) => {
    if (!door.serve(request, response)) other(request, response)
  }
