import { resolve } from 'node:path'
import type { StoreEngine } from '../store.ts'
import { concurrency } from './concurrency.ts'

export const clickhouse: StoreEngine = {
  name: 'clickhouse',
  title: 'ClickHouse',
  capabilities: { place: 'database', migrations: true, provisionBatch: 50, concurrency },
  extensions: ['.sql'],
  placeIn({ clickhouse: { url, path } }) {
    if (url !== undefined) return new URL(url).host
    return path === undefined ? null : resolve(path)
  },
  // Every command knows the engine; only those that use it load the rest.
  connect: async (context) => (await import('./connect.ts')).connectStore(context),
  compile: async (folder, wanted, direction) =>
    (await import('./migration/compile.ts')).compileMigrations(folder, wanted, direction),
  linter: async () => (await import('./lint/linter.ts')).clickhouseLinter,
}
