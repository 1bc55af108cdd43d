import { join } from 'node:path'
import { type Config, configSchema } from '../../src/config/schema.ts'
import type { ProjectScope } from '../../src/core/migration/scope.ts'
import { clickhouse } from '../../src/engines/clickhouse/engine.ts'
import { readMigrations } from '../../src/engines/postgres/migration/folder.ts'
import type { Store, StoreMigration, StoreTarget } from '../../src/engines/store.ts'
import { engineFinding } from './engines.ts'
import { ownDirectory } from './shared-server.ts'

export const shippedMigrations = join(import.meta.dirname, '..', '..', 'migrations', 'clickhouse')

/** The server at DBSVC_TEST_CLICKHOUSE_URL, such as `http://default:password@host:8123`, or chDB in a folder of this file's own. */
export async function clickhouseConfig(): Promise<Config> {
  const { url } = engineFinding('clickhouse')
  return url === null
    ? configSchema.parse({ clickhouse: { path: await ownDirectory('chdb') } })
    : clickhouseServerConfig(url)
}

export function clickhouseServerConfig(given: string, more: object = {}): Config {
  const { origin, username, password } = new URL(given)
  const user = decodeURIComponent(username) || 'default'
  return configSchema.parse({
    clickhouse: { url: origin, plaintext: true, user, password: decodeURIComponent(password), ...more },
  })
}

export const connectClickhouse = (config: Config): Promise<Store> =>
  clickhouse.connect({ config, application: 'dbsvc test', passwordOf: async (company) => `secret of ${company}` })

export async function compileFolder(
  folder: string,
  scope: ProjectScope,
  direction: 'up' | 'down' = 'up',
): Promise<StoreMigration[]> {
  const files = await readMigrations(folder, scope)
  return clickhouse.compile(files, new Set(files.map(({ name }) => name)), direction, configSchema.parse({}))
}

/** Runs every step, as the first time. */
export async function apply(store: Store, target: StoreTarget, migrations: readonly StoreMigration[]): Promise<void> {
  for (const step of migrations.flatMap(({ steps }) => steps)) await store.run(target, step, freshStep())
}

export const freshStep = () => ({ inDoubt: false, companies: async () => [], signal: new AbortController().signal })

export const doubtfulStep = () => ({ ...freshStep(), inDoubt: true })

export const limits = configSchema.parse({}).tiers.free
