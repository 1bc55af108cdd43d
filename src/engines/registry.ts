import { arango } from './arango/engine.ts'
import { clickhouse } from './clickhouse/engine.ts'
import { dragonfly } from './dragonfly/engine.ts'
import type { StoreEngine } from './store.ts'
import { weaviate } from './weaviate/engine.ts'

/** Every engine beside PostgreSQL, in the order they are set up; they are taken down in reverse. */
export const storeEngines: readonly StoreEngine[] = [clickhouse, dragonfly, weaviate, arango]
