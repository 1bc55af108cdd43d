import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { configSchema } from '../../../src/config/schema.ts'
import { checksumOf } from '../../../src/core/migration/file.ts'
import type { ProjectScope } from '../../../src/core/migration/scope.ts'
import { type EmbeddedWeaviate, startEmbeddedWeaviate } from '../../../src/embedded/weaviate/start.ts'
import type { Store, StoreCompany, StoreMigration } from '../../../src/engines/store.ts'
import { weaviate } from '../../../src/engines/weaviate/engine.ts'
import { engineFinding, missingMessage } from '../../support/engines.ts'

/** A server that no other test sees: every multi-tenant class of a server is dbsvc's. */
export interface OwnServer {
  readonly server: EmbeddedWeaviate
  readonly directory: string
  readonly store: Store
  stop(): Promise<void>
}

export function weaviateProgram(): string {
  const finding = engineFinding('weaviate')
  if (finding.program === null) throw new Error(missingMessage(finding))
  return finding.program
}

export const configFor = ({ url, grpcUrl, apiKey }: Pick<EmbeddedWeaviate, 'url' | 'grpcUrl' | 'apiKey'>) =>
  configSchema.parse({ weaviate: { url, grpcUrl, apiKey } })

export const connectStore = (server: EmbeddedWeaviate): Promise<Store> =>
  weaviate.connect({
    config: configFor(server),
    application: 'test',
    passwordOf: () => Promise.reject(new Error('Weaviate has no users of companies')),
  })

export async function startOwnServer(): Promise<OwnServer> {
  const directory = await mkdtemp(join(tmpdir(), 'dbsvc-weaviate-'))
  const server = await startEmbeddedWeaviate({ program: weaviateProgram(), directory })
  const store = await connectStore(server)
  return {
    server,
    directory,
    store,
    async stop() {
      await store.close()
      await server.stop()
      await rm(directory, { recursive: true })
    },
  }
}

export const company = (name: string, vectorObjects = 100): StoreCompany => ({
  company: name,
  limits: { ...configSchema.parse({}).tiers.free, vectorObjects },
})

export interface Written {
  readonly directory: string
  readonly scope?: ProjectScope
  readonly direction?: 'up' | 'down'
}

/** Writes a migration and compiles it. `content` is the text of a module, or a document. */
export async function compiled(name: string, content: unknown, options: Written): Promise<StoreMigration> {
  const { directory, scope = 'shared', direction = 'up' } = options
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2)
  const path = join(directory, name)
  await writeFile(path, text)
  const file = { scope, name: basename(name).replace(/\.\w+$/, ''), version: '1', path, checksum: checksumOf(text) }
  const [migration] = await weaviate.compile([file], new Set([file.name]), direction, configSchema.parse({}))
  if (migration === undefined) throw new Error('nothing was compiled')
  return migration
}

export interface Running {
  readonly companies?: readonly string[]
  readonly company?: string
  readonly inDoubt?: boolean
  readonly signal?: AbortSignal
}

/** Runs all steps of a migration. */
export async function runAll(store: Store, { scope, steps }: StoreMigration, running: Running = {}): Promise<void> {
  const { companies = [], company: name = '', inDoubt = false, signal = new AbortController().signal } = running
  for (const step of steps) {
    await store.run({ scope: scope === 'tenant' ? 'tenant' : 'shared', company: name }, step, {
      inDoubt,
      companies: async () => companies,
      signal,
    })
  }
}
