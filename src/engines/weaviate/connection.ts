import type { WeaviateClient, weaviateV2 } from 'weaviate-client'
import type { Config } from '../../config/schema.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { trustAuthorities } from '../authorities.ts'
import { connectionFailure } from './failure.ts'
import { requireGrpc } from './grpc.ts'

export type WeaviateConfig = Config['weaviate']

/** The library's older half: definitions and objects as the REST interface writes them, with nothing lost in translation. */
export type RestClient = ReturnType<typeof weaviateV2.client>

/** Both halves of the client library on one server. */
export interface Connection {
  /** host:port of the REST interface. */
  readonly place: string
  readonly url: string
  readonly version: string
  readonly client: WeaviateClient
  readonly rest: RestClient
}

/** Aliases came with 1.32; without them a class cannot be replaced under its name. */
const oldestServer = [1, 32] as const
const answerWithinMs = 10_000
const timeoutSeconds = { init: 5, query: 60, insert: 120 }

/** host:port, or null where the configuration names no server. */
export function placeOfServer({ url }: WeaviateConfig): string | null {
  return url === undefined ? null : `${new URL(url).hostname}:${portOf(new URL(url))}`
}

/** @throws DBS-1003 its authority, DBS-1101 unreachable over REST or gRPC, DBS-1102 refused, DBS-1103 server too old */
export async function connectServer(config: WeaviateConfig): Promise<Connection> {
  const place = placeOfServer(config)
  if (config.url === undefined || place === null) throw new Error('weaviate.url is not set')
  const url = new URL(config.url)
  const grpc = grpcOf(config, url)
  await trustAuthorities(config.ca)
  await knock(url, place)
  const { default: weaviate, weaviateV2 } = await import('weaviate-client')
  const client = await weaviate.connectToCustom({
    httpHost: url.hostname,
    httpPort: portOf(url),
    httpPath: url.pathname === '/' ? '' : url.pathname,
    httpSecure: url.protocol === 'https:',
    grpcHost: grpc.hostname,
    grpcPort: portOf(grpc),
    grpcSecure: grpc.protocol === 'https:',
    timeout: timeoutSeconds,
    ...(config.apiKey === undefined ? {} : { authCredentials: new weaviate.ApiKey(config.apiKey) }),
    // They write to the console and report every failure alike; what follows asks the same.
    skipInitChecks: true,
  })
  try {
    const version = await greet(client, place)
    await requireGrpc(grpc, `${grpc.hostname}:${portOf(grpc)}`)
    const rest = weaviateV2.client({
      scheme: url.protocol.replace(':', ''),
      host: `${url.host}${url.pathname === '/' ? '' : url.pathname}`,
      timeout: timeoutSeconds,
      ...(config.apiKey === undefined ? {} : { apiKey: new weaviateV2.ApiKey(config.apiKey) }),
    })
    return { place, url: url.href.replace(/\/$/, ''), version, client, rest }
  } catch (error) {
    await client.close()
    throw error
  }
}

/** The client library waits a minute for what accepts a connection and says nothing. */
async function knock({ href }: URL, place: string): Promise<void> {
  const live = `${href.replace(/\/$/, '')}/v1/.well-known/live`
  try {
    const answer = await fetch(live, { signal: AbortSignal.timeout(answerWithinMs) })
    await answer.body?.cancel()
  } catch (error) {
    throw connectionFailure(error, place)
  }
}

/** @returns the server's version */
async function greet(client: WeaviateClient, place: string): Promise<string> {
  const version = await client.getMeta().then(
    (meta) => String(meta.version),
    (error: unknown) => {
      throw connectionFailure(error, place)
    },
  )
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (!(major > oldestServer[0] || (major === oldestServer[0] && minor >= oldestServer[1]))) {
    throw DbsvcError.of('DBS-1103', {
      engine: 'Weaviate',
      place,
      found: version,
      wanted: `${oldestServer.join('.')} or newer`,
    })
  }
  return version
}

const portOf = ({ port, protocol }: URL): number => (port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port))

function grpcOf({ grpcUrl }: WeaviateConfig, url: URL): URL {
  return new URL(grpcUrl ?? `${url.protocol}//${url.hostname}:50051`)
}
