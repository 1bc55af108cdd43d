import type { StoreEngine } from '../store.ts'
import { describeEndpoint, endpointOf } from './connection.ts'

/** Companies are users whose rights end at their own keys and channels. There is no schema, and so there are no migrations. */
export const dragonfly: StoreEngine = {
  name: 'dragonfly',
  title: 'DragonflyDB',
  capabilities: { place: 'key space', migrations: false, provisionBatch: 100, concurrency: 4 },
  extensions: [],
  placeIn(config) {
    const endpoint = endpointOf(config)
    return endpoint === null ? null : describeEndpoint(endpoint)
  },
  // Every command knows the engine; only those that use it load the rest.
  connect: async (context) => (await import('./connect.ts')).connectStore(context),
  compile: async () => [],
}
