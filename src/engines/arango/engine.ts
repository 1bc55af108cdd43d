import type { StoreEngine } from '../store.ts'
import { title } from './connection/failure.ts'
import { compileMigrations } from './migration/compile.ts'
import { concurrency, connectStore } from './store.ts'

/** A company is a database with a user of its own, which reaches no other one. */
export const arango: StoreEngine = {
  name: 'arango',
  title,
  capabilities: { place: 'database', migrations: true, provisionBatch: 50, concurrency },
  extensions: ['.json', '.ts', '.js', '.mts', '.mjs', '.cts', '.cjs'],
  placeIn: ({ arango: { url } }) => (url === undefined ? null : new URL(url).host),
  connect: connectStore,
  linter: async () => (await import('./lint/linter.ts')).arangoLinter,
  compile: (folder, wanted, direction) => compileMigrations(folder, wanted, direction),
}
