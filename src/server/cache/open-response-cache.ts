import type { Config } from '../../config/schema.ts'
import type { Circuits } from '../fallback/circuits.ts'
import { createChanges } from './changes.ts'
import { createMemoryLayer } from './memory.ts'
import { openSharedLayer } from './open-shared-layer.ts'
import { createResponseCache, type ResponseCache } from './response-cache.ts'

export async function openResponseCache(
  config: Config,
  circuits: Circuits,
  /** Of the user that routers are in DragonflyDB. */
  routerPassword: () => Promise<string>,
): Promise<ResponseCache> {
  const { memoryBytes, entryBytes, longestTtlMs, staleMs } = config.server.cache
  const now = () => performance.now()
  const changes = createChanges(now)
  const memory = createMemoryLayer({
    // The layer wants room for one byte at least; with 0 nobody asks it for anything.
    bytes: Math.max(1, memoryBytes),
    entryBytes,
    keepMs: longestTtlMs + staleMs,
  })
  return createResponseCache({
    memory,
    shared: await openSharedLayer(config, changes, circuits, routerPassword),
    changes,
    now,
  })
}
