import type { StoreEngine } from '../store.ts'
import { connectServer, placeOfServer } from './connection.ts'

export const weaviate: StoreEngine = {
  name: 'weaviate',
  title: 'Weaviate',
  // Every change of tenants goes through one log of the whole cluster: more at once make it no faster.
  capabilities: { place: 'tenant', migrations: true, provisionBatch: 100, concurrency: 2 },
  extensions: ['.json', '.ts', '.js', '.mts', '.mjs', '.cts', '.cjs'],
  placeIn: ({ weaviate: config }) => placeOfServer(config),
  async connect({ config }) {
    const { storeOn } = await import('./store.ts')
    return storeOn(await connectServer(config.weaviate))
  },
  linter: async () => (await import('./lint/linter.ts')).weaviateLinter,
  async compile(folder, wanted, direction) {
    const { compileMigrations } = await import('./migration/compile.ts')
    return compileMigrations(folder, wanted, direction)
  },
}
