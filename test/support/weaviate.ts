import { afterAll } from 'vitest'
import weaviate, { type WeaviateClient } from 'weaviate-client'
import { findFreePorts } from '../../src/embedded/free-ports.ts'
import { engineFinding, missingMessage } from './engines.ts'
import { sharedServer } from './shared-server.ts'

export interface TestWeaviate {
  readonly host: string
  readonly httpPort: number
  readonly grpcPort: number
}

const open = new Set<WeaviateClient>()

afterAll(async () => {
  await Promise.all([...open].map((client) => client.close()))
})

/**
 * The server at DBSVC_TEST_WEAVIATE_URL, whose gRPC port is 50051 unless its query says `?grpcPort=…`, or the run's own, which
 * asks for no credentials.
 */
export async function weaviateServer(): Promise<TestWeaviate> {
  const finding = engineFinding('weaviate')
  if (finding.url !== null) {
    const { hostname, port, searchParams } = new URL(finding.url)
    return { host: hostname, httpPort: Number(port), grpcPort: Number(searchParams.get('grpcPort') ?? 50_051) }
  }
  const { program } = finding
  if (program === null) throw new Error(missingMessage(finding))
  const { port, details } = await sharedServer({
    name: 'weaviate',
    async program(port, directory) {
      // On one machine Weaviate expects its own second ports beside the first ones.
      const first = await findFreePorts(5)
      const [grpc, gossip, data, raft, raftInternal] = [first, first + 1, first + 2, first + 3, first + 4]
      const env = {
        // Of each attempt to start by itself: what one with other ports has left is of no use.
        PERSISTENCE_DATA_PATH: `${directory}/data-${port}`,
        BACKUP_FILESYSTEM_PATH: `${directory}/backups`,
        ENABLE_MODULES: 'backup-filesystem',
        DEFAULT_VECTORIZER_MODULE: 'none',
        AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'true',
        DISABLE_TELEMETRY: 'true',
        GO_PROFILING_DISABLE: 'true',
        LOG_LEVEL: 'warning',
        CLUSTER_HOSTNAME: 'node1',
        CLUSTER_IN_LOCALHOST: 'true',
        CLUSTER_ADVERTISE_ADDR: '127.0.0.1',
        CLUSTER_GOSSIP_BIND_PORT: String(gossip),
        CLUSTER_DATA_BIND_PORT: String(data),
        RAFT_PORT: String(raft),
        RAFT_INTERNAL_RPC_PORT: String(raftInternal),
        RAFT_BOOTSTRAP_EXPECT: '1',
        GRPC_PORT: String(grpc),
      }
      const args = ['--scheme', 'http', '--host', '127.0.0.1', '--port', String(port)]
      return { file: program, args, env, details: { grpcPort: grpc } }
    },
    isReady: async ({ url }) => (await fetch(`${url}/v1/.well-known/ready`)).ok,
  })
  return { host: '127.0.0.1', httpPort: port, grpcPort: details.grpcPort ?? 0 }
}

/** A connection, closed after the test file at the latest. */
export async function connectWeaviate({ host, httpPort, grpcPort }: TestWeaviate): Promise<WeaviateClient> {
  const client = await weaviate.connectToCustom({
    httpHost: host,
    httpPort,
    httpSecure: false,
    grpcHost: host,
    grpcPort,
    grpcSecure: false,
  })
  open.add(client)
  return client
}
