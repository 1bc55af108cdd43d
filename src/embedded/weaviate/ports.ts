import { join } from 'node:path'
import { choosePorts } from '../choose-port.ts'

/** Everything that one Weaviate listens on. */
export interface WeaviatePorts {
  readonly http: number
  readonly grpc: number
  readonly gossip: number
  readonly data: number
  readonly raft: number
  readonly raftInternal: number
}

/** Six ports in a row, the same as the last time while they are free. */
export async function chooseWeaviatePorts(home: string): Promise<WeaviatePorts> {
  const first = await choosePorts(6, join(home, 'ports'))
  // Weaviate looks for its second port of either kind right behind the first one.
  return { http: first, grpc: first + 1, gossip: first + 2, data: first + 3, raft: first + 4, raftInternal: first + 5 }
}
