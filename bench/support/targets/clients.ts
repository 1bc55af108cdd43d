import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { Database as Arango } from 'arangojs'
import { Redis } from 'ioredis'
import pg from 'pg'
import weaviate, { type WeaviateClient } from 'weaviate-client'
import type { Database } from '../database.ts'
import type { BenchStore } from '../stores/servers.ts'

/** The engines' own clients, as whoever may do everything; null where an engine is not here. */
export interface Clients {
  readonly postgres: pg.Client
  /** In the database of a company, one client each. */
  clickhouse(company: string): ClickHouseClient
  readonly dragonfly: Redis | null
  readonly weaviate: WeaviateClient | null
  /** Of the database of a company. */
  arango(company: string): Arango
  close(): Promise<void>
}

export async function openClients(database: Database, stores: readonly BenchStore[]): Promise<Clients> {
  const settingsOf = (name: string) => stores.find(({ engine }) => engine.name === name)?.settings
  const { host, port, user, password, database: name } = database
  const postgres = new pg.Client({ host, port, user, password, database: name, ssl: false })
  await postgres.connect()
  const { url, user: username, password: own } = settingsOf('clickhouse') ?? {}
  const credentials = { url: url ?? '', username: username ?? '', password: own ?? '' }
  const analytics = new Map<string, ClickHouseClient>()
  const dragonfly = openDragonfly(settingsOf('dragonfly'))
  const vectors = await openWeaviate(settingsOf('weaviate'))
  const graph = settingsOf('arango')
  const opened: Arango[] = []
  return {
    postgres,
    clickhouse(company) {
      const known = analytics.get(company) ?? createClient({ ...credentials, database: `tenant_${company}` })
      analytics.set(company, known)
      return known
    },
    dragonfly,
    weaviate: vectors,
    arango(company) {
      const auth = { username: graph?.user ?? '', password: graph?.password ?? '' }
      const one = new Arango({ url: graph?.url ?? '', databaseName: `tenant_${company}`, auth })
      opened.push(one)
      return one
    },
    async close() {
      for (const one of opened) one.close()
      dragonfly?.disconnect()
      await Promise.all([postgres.end(), vectors?.close(), ...[...analytics.values()].map((one) => one.close())])
    },
  }
}

type Settings = BenchStore['settings'] | undefined

function openDragonfly(settings: Settings): Redis | null {
  if (settings === undefined) return null
  const { hostname, port } = new URL(settings.url ?? '')
  const { user: username = '', password = '' } = settings
  return new Redis({ host: hostname, port: Number(port), username, password })
}

async function openWeaviate(settings: Settings): Promise<WeaviateClient | null> {
  if (settings === undefined) return null
  const [http, grpc] = [new URL(settings.url ?? ''), new URL(settings.grpcUrl ?? '')]
  return weaviate.connectToCustom({
    httpHost: http.hostname,
    httpPort: Number(http.port),
    httpSecure: false,
    grpcHost: grpc.hostname,
    grpcPort: Number(grpc.port),
    grpcSecure: false,
    authCredentials: new weaviate.ApiKey(settings.apiKey ?? ''),
  })
}
