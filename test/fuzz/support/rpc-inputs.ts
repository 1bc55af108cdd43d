import { gzipSync } from 'node:zlib'
import { type DescMethod, fromBinary, toJsonString } from '@bufbuild/protobuf'
import { breakText } from './inputs.ts'
import type { Random } from './random.ts'
import { breakMessage, messageOf } from './rpc-messages.ts'

export type Protocol = 'Connect' | 'gRPC' | 'gRPC-Web'

/** One call, as it goes over HTTP. */
export interface RpcInput {
  readonly path: string
  readonly protocol: Protocol
  /** Whether its answer comes in envelopes. */
  readonly streaming: boolean
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Resets its stream instead of ending it. */
  readonly resets: boolean
}

const timeouts: Readonly<Record<Protocol, string>> = {
  Connect: 'connect-timeout-ms',
  gRPC: 'grpc-timeout',
  'gRPC-Web': 'grpc-timeout',
}

const contentTypes: Readonly<Record<Protocol, string>> = {
  Connect: 'application/connect+proto',
  gRPC: 'application/grpc+proto',
  'gRPC-Web': 'application/grpc-web+proto',
}

const wrongTypes = [
  'text/plain',
  'application/xml',
  'application/grpc+thrift',
  'application/grpc-web-text',
  'application/connect+json',
  'application/proto',
  'application/json',
  'application/grpc',
  ';;',
]

/** A call of a method, more or less broken. */
export function callFor(method: DescMethod, protocol: Protocol, random: Random): RpcInput {
  const streaming = protocol !== 'Connect' || method.methodKind !== 'unary'
  const asJson = !streaming && random.happens(0.3)
  const message = asJson ? jsonOf(method, random) : breakMessage(messageOf(method.input, random), random)
  const plainType = asJson ? 'application/json' : 'application/proto'
  const type = streaming ? contentTypes[protocol] : plainType
  const timeout = protocol === 'Connect' ? '200' : '200m'
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    protocol,
    streaming,
    resets: random.happens(0.03),
    body: streaming ? enveloped(message, method, random) : plain(message, random),
    headers: {
      'content-type': random.happens(0.03) ? random.one(wrongTypes) : type,
      [timeouts[protocol]]: random.happens(0.03)
        ? random.one(['', '-1', 'x', '0', '99999999999', '99999999H'])
        : timeout,
      ...(protocol === 'Connect'
        ? { 'connect-protocol-version': random.happens(0.02) ? '7' : '1' }
        : { te: 'trailers' }),
      ...encoding(protocol, streaming, random),
    },
  }
}

function encoding(protocol: Protocol, streaming: boolean, random: Random): Record<string, string> {
  if (!random.happens(0.1)) return {}
  const name = protocol !== 'Connect' ? 'grpc-encoding' : streaming ? 'connect-content-encoding' : 'content-encoding'
  return { [name]: random.one(['gzip', 'br', 'identity', 'zstd', '', 'gzip, br']) }
}

const plain = (message: Buffer, random: Random): Buffer => (random.happens(0.05) ? gzipSync(message) : message)

function enveloped(message: Buffer, { methodKind }: DescMethod, random: Random): Buffer {
  const several =
    methodKind === 'unary' || methodKind === 'server_streaming' ? random.happens(0.03) : random.happens(0.5)
  const whole = Buffer.concat(
    Array.from({ length: several ? 1 + random.below(3) : 1 }, () => envelope(message, random)),
  )
  return random.happens(0.05) ? whole.subarray(0, random.below(whole.length)) : whole
}

/** Its flags and its length may lie. */
function envelope(message: Buffer, random: Random): Buffer {
  const packed = random.happens(0.05) ? gzipSync(message) : message
  const head = Buffer.alloc(5)
  head[0] = random.happens(0.1) ? random.one([1, 2, 3, 0x80, 0xff]) : 0
  const lies = [0, packed.length + 1, Math.max(0, packed.length - 1), 2 ** 31, 2 ** 32 - 1]
  head.writeUInt32BE(random.happens(0.06) ? random.one(lies) : packed.length, 1)
  return Buffer.concat([head, packed])
}

function jsonOf({ input }: DescMethod, random: Random): Buffer {
  try {
    return breakText(toJsonString(input, fromBinary(input, messageOf(input, random))), random)
  } catch {
    // It was one of those that no sender would send.
    return breakText('{}', random)
  }
}
