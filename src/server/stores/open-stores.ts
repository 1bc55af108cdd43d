import type { Session } from '../../app/session.ts'
import { companyPasswords } from '../../app/stores/company-passwords.ts'
import { clickhouse as clickhouseEngine } from '../../engines/clickhouse/engine.ts'
import type { Tracer } from '../trace/tracer.ts'
import type { CacheGateway } from './cache-gateway.ts'
import type { GraphGateway } from './graph-gateway.ts'
import { openCacheGateway } from './open-cache-gateway.ts'
import { type ClickhouseGateway, openClickhouseGateway } from './open-clickhouse-gateway.ts'
import { openGraphGateway } from './open-graph-gateway.ts'
import { openVectorGateway } from './open-vector-gateway.ts'
import type { VectorGateway } from './vector-gateway.ts'

/** How operations reach the stores, each as the company itself; null for one that is not configured. */
export interface Stores {
  readonly dragonfly: CacheGateway | null
  readonly clickhouse: ClickhouseGateway | null
  readonly weaviate: VectorGateway | null
  readonly arango: GraphGateway | null
  close(): Promise<void>
}

/** Connects nowhere yet. @param traceHeaders go with what is asked over HTTP */
export function openStores({ loaded: { config }, project }: Session, traceHeaders: Tracer['headers']): Stores {
  const dragonfly = openCacheGateway(config, companyPasswords(project.secretStore, 'dragonfly'))
  const clickhouse =
    clickhouseEngine.placeIn(config) === null
      ? null
      : openClickhouseGateway(config, companyPasswords(project.secretStore, 'clickhouse'), traceHeaders)
  const weaviate = config.weaviate.url === undefined ? null : openVectorGateway(config.weaviate)
  const arango = openGraphGateway(config.arango, companyPasswords(project.secretStore, 'arango'))
  return {
    dragonfly,
    clickhouse,
    weaviate,
    arango,
    async close() {
      await dragonfly?.close()
      await clickhouse?.close()
      await weaviate?.close()
      await arango?.close()
    },
  }
}
