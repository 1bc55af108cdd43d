import { createRegistry, type DescFile, type DescService, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import { Code } from '@connectrpc/connect'
import type {
  ServerReflectionRequest,
  ServerReflectionResponseSchema,
} from '../../contract/grpc/reflection/v1/reflection_pb.js'

type Asked = ServerReflectionRequest['messageRequest']
type Told = NonNullable<MessageInitShape<typeof ServerReflectionResponseSchema>['messageResponse']>

/** Answers one question about the contract of these services, and of what they are made of. */
export function createReflection(services: readonly DescService[]): (asked: Asked) => Told {
  const files = new Map<string, DescFile>()
  const add = (file: DescFile): void => {
    files.set(`${file.name}.proto`, file)
    file.dependencies.forEach(add)
  }
  for (const { file } of services) add(file)
  const registry = createRegistry(...files.values())

  /** The file that declares a type or service, or a method or field of one. */
  const fileOf = (symbol: string): DescFile | undefined =>
    (registry.get(symbol) ?? registry.get(symbol.slice(0, symbol.lastIndexOf('.'))))?.file

  return (asked) => {
    switch (asked.case) {
      case 'listServices':
        return {
          case: 'listServicesResponse',
          value: { service: services.map(({ typeName }) => ({ name: typeName })) },
        }
      case 'fileByFilename':
        return tell(files.get(asked.value), asked.value)
      case 'fileContainingSymbol':
        return tell(fileOf(asked.value), asked.value)
      case 'fileContainingExtension':
        return missing(`an extension of ${asked.value.containingType}`)
      case 'allExtensionNumbersOfType':
        return registry.getMessage(asked.value) === undefined
          ? missing(asked.value)
          : { case: 'allExtensionNumbersResponse', value: { baseTypeName: asked.value } }
      default:
        return refusal(Code.InvalidArgument, 'nothing is asked')
    }
  }
}

/** A file before those that it imports. */
function tell(file: DescFile | undefined, name: string): Told {
  if (file === undefined) return missing(name)
  const needed = new Set<DescFile>()
  const add = (one: DescFile): void => {
    needed.add(one)
    one.dependencies.forEach(add)
  }
  add(file)
  const value = { fileDescriptorProto: [...needed].map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto)) }
  return { case: 'fileDescriptorResponse', value }
}

const missing = (name: string): Told => refusal(Code.NotFound, `there is no ${name.slice(0, 200)}`)

const refusal = (errorCode: Code, errorMessage: string): Told => ({
  case: 'errorResponse',
  value: { errorCode, errorMessage },
})
