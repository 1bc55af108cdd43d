import { join } from 'node:path'
import { host } from '../free-ports.ts'
import type { WeaviatePorts } from './ports.ts'

/** One node that talks to nobody else, and answers whoever has the key. */
export function environmentOf(home: string, ports: WeaviatePorts, apiKey: string): Record<string, string> {
  return {
    PERSISTENCE_DATA_PATH: join(home, 'data'),
    BACKUP_FILESYSTEM_PATH: join(home, 'backups'),
    ENABLE_MODULES: 'backup-filesystem',
    DEFAULT_VECTORIZER_MODULE: 'none',
    AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'false',
    AUTHENTICATION_APIKEY_ENABLED: 'true',
    AUTHENTICATION_APIKEY_ALLOWED_KEYS: apiKey,
    AUTHENTICATION_APIKEY_USERS: 'dbsvc',
    // A class comes from a migration, never from an object with a property that nobody has declared.
    AUTOSCHEMA_ENABLED: 'false',
    DISABLE_TELEMETRY: 'true',
    GO_PROFILING_DISABLE: 'true',
    LOG_LEVEL: 'warning',
    // Without these it looks for a network to announce itself in, and waits for it.
    CLUSTER_HOSTNAME: 'node1',
    CLUSTER_IN_LOCALHOST: 'true',
    CLUSTER_ADVERTISE_ADDR: host,
    CLUSTER_GOSSIP_BIND_PORT: String(ports.gossip),
    CLUSTER_DATA_BIND_PORT: String(ports.data),
    RAFT_PORT: String(ports.raft),
    RAFT_INTERNAL_RPC_PORT: String(ports.raftInternal),
    RAFT_BOOTSTRAP_EXPECT: '1',
    GRPC_PORT: String(ports.grpc),
  }
}
