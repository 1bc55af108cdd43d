import { floorOfClickhouse } from './floors/clickhouse.ts'
import { floorOfDragonfly } from './floors/dragonfly.ts'
import { floorOfWeaviate } from './floors/weaviate.ts'
import type { BenchStore } from './servers.ts'

/** Makes the places of these companies with the engine's own client and nothing else. */
export type Floor = (store: BenchStore, companies: readonly string[]) => Promise<void>

const floors: Readonly<Record<string, Floor>> = {
  clickhouse: floorOfClickhouse,
  dragonfly: floorOfDragonfly,
  weaviate: floorOfWeaviate,
}

/** Milliseconds for all companies, by engine, one engine after the other. */
export async function measureFloors(
  stores: readonly BenchStore[],
  companies: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  const times: Record<string, number> = {}
  for (const store of stores) {
    const floor = floors[store.engine.name]
    if (floor === undefined) throw new Error(`${store.engine.name} has no floor`)
    const started = performance.now()
    await floor(store, companies)
    times[store.engine.name] = performance.now() - started
  }
  return times
}
