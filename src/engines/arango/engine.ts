import type { StoreEngine } from '../store.ts'
import { concurrency } from './concurrency.ts'
import { title } from './connection/failure.ts'

/** A company is a database with a user of its own, which reaches no other one. */
export const arango: StoreEngine = {
  name: 'arango',
  title,
  capabilities: { place: 'database', migrations: true, provisionBatch: 50, concurrency },
  extensions: ['.json', '.ts', '.js', '.mts', '.mjs', '.cts', '.cjs'],
  placeIn: ({ arango: { url } }) => (url === undefined ? null : new URL(url).host),
  linter: async () => (await import('./lint/linter.ts')).arangoLinter,
  // Every command knows the engine; only those that use it load the rest.
  connect: async (context) => (await import('./store.ts')).connectStore(context),
  compile: async (folder, wanted, direction) =>
    (await import('./migration/compile.ts')).compileMigrations(folder, wanted, direction),
}
