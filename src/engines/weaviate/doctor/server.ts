import type { StoreObservation } from '../../store.ts'
import type { Sight } from './sight.ts'

/** Nodes that are down or take no writes. */
export function examineNodes({ nodes }: Sight): StoreObservation[] {
  return nodes.flatMap((node): StoreObservation[] => {
    const found: StoreObservation[] = []
    if (node.status !== 'HEALTHY') {
      found.push({
        id: 'weaviate-node',
        severity: 'error',
        message: `node ${node.name} is ${node.status?.toLowerCase() ?? 'unknown'}`,
        means: 'tenants without another copy cannot be reached, and no class can be made',
        mend: null,
      })
    }
    const mode = 'operationalMode' in node ? String(node.operationalMode) : 'ReadWrite'
    if (mode !== 'ReadWrite') {
      found.push({
        id: 'weaviate-node-mode',
        severity: 'error',
        message: `node ${node.name} is in mode ${mode}`,
        means: 'it refuses writes, reads or both',
        mend: null,
      })
    }
    return found
  })
}

/** A server makes a shard read-only when its disk or memory runs full, and leaves it so when there is room again. */
export async function examineShards({ connection }: Sight): Promise<StoreObservation[]> {
  const nodes = await connection.client.cluster.nodes({ output: 'verbose' })
  const closed = nodes.flatMap(({ name, shards }) =>
    (shards ?? [])
      .filter(({ vectorIndexingStatus }) => vectorIndexingStatus === 'READONLY')
      .map((shard) => `${shard.name} of ${shard.class} on ${name}`),
  )
  if (closed.length === 0) return []
  return [
    {
      id: 'weaviate-read-only',
      severity: 'error',
      message: `read-only: ${closed.slice(0, 5).join(', ')}${closed.length > 5 ? ` and ${closed.length - 5} more` : ''}`,
      means: 'writes fail; Weaviate does this when a disk is nearly full, and does not undo it by itself',
      mend: null,
    },
  ]
}

/** Asks without a key. */
export async function examineAccess({ connection }: Sight): Promise<StoreObservation[]> {
  const answer = await fetch(`${connection.url}/v1/schema`, { signal: AbortSignal.timeout(5_000) })
  await answer.body?.cancel()
  if (!answer.ok) return []
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(connection.url).hostname)
  return [
    {
      id: 'weaviate-anonymous-access',
      severity: isLocal ? 'warning' : 'error',
      message: `${connection.place} answers without an API key`,
      means: "whoever reaches that port reads and removes every company's objects",
      mend: null,
    },
  ]
}
