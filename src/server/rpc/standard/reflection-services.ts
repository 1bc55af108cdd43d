import type { DescService, MessageInitShape } from '@bufbuild/protobuf'
import type { ServiceImpl } from '@connectrpc/connect'
import type {
  ServerReflection,
  ServerReflectionRequest,
  ServerReflectionResponseSchema,
} from '../../contract/grpc/reflection/v1/reflection_pb.js'
import type { ServerReflection as ServerReflectionAlpha } from '../../contract/grpc/reflection/v1alpha/reflection_pb.js'
import { createReflection } from './reflection.ts'

type Reflect = (
  requests: AsyncIterable<ServerReflectionRequest>,
) => AsyncIterable<MessageInitShape<typeof ServerReflectionResponseSchema>>

/** grpc.reflection.v1 and v1alpha, so that tools such as grpcurl need no contract; it is public, and nobody has to say who he is. */
export function reflectionServices(services: readonly DescService[]): {
  readonly v1: ServiceImpl<typeof ServerReflection>
  readonly v1alpha: ServiceImpl<typeof ServerReflectionAlpha>
} {
  const answer = createReflection(services)
  const serverReflectionInfo: Reflect = async function* (requests) {
    for await (const request of requests) {
      yield { validHost: request.host, originalRequest: request, messageResponse: answer(request.messageRequest) }
    }
  }
  const v1 = { serverReflectionInfo }
  // The two are the same but for the name of the package.
  return { v1, v1alpha: v1 as unknown as ServiceImpl<typeof ServerReflectionAlpha> }
}
