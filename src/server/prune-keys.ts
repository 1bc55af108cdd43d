import { pruneKeys } from '../engines/postgres/idempotency.ts'
import type { Queries } from '../engines/postgres/lasting-client.ts'

const everyMs = 60_000

/** Removes idempotency keys that have expired, now and then; any number of routers share the work. */
export function startPruning(client: Queries): { stop(): void } {
  let stopped = false
  const prune = async (): Promise<void> => {
    // PostgreSQL may be away; the next time will do.
    while (!stopped && (await pruneKeys(client).catch(() => 0)) > 0);
  }
  const timer = setInterval(() => void prune(), everyMs).unref()
  void prune()
  return {
    stop() {
      stopped = true
      clearInterval(timer)
    },
  }
}
