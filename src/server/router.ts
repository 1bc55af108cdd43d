import type { Session } from '../app/session.ts'
import { companyPasswords } from '../app/stores/company-passwords.ts'
import { type EngineName, engineNames, ledgerEngine } from '../core/engine.ts'
import { routerUser } from '../engines/dragonfly/router-user.ts'
import type { ContextPool } from '../engines/postgres/context/pool.ts'
import { type RelationFacts, readRelationFacts } from '../engines/postgres/explain/facts.ts'
import { readSurroundings } from '../engines/postgres/guard/read-surroundings.ts'
import { openLastingClient } from '../engines/postgres/lasting-client.ts'
import type { Authenticator } from './auth/authenticator.ts'
import type { AuthenticationFailure } from './auth/failure-audit.ts'
import { openAuthenticator } from './auth/open-authenticator.ts'
import { withInvalidation } from './cache/invalidating-gateway.ts'
import { openResponseCache } from './cache/open-response-cache.ts'
import { createCacheTerms } from './cache/terms.ts'
import type { CompanyDirectory } from './context/company-directory.ts'
import { openCompanyDirectory } from './context/open-company-directory.ts'
import { createCircuits } from './fallback/circuits.ts'
import { createHierarchy, type FailedAttempt } from './fallback/hierarchy.ts'
import { openGuard } from './guard/open-guard.ts'
import type { Guard } from './guard/verdict.ts'
import type { RouterFigures } from './observe/figures.ts'
import type { Observer } from './observe/observer.ts'
import { batchOperation } from './operations/batch.ts'
import { cacheOperations } from './operations/cache.ts'
import { configOperations } from './operations/config.ts'
import { explainOperation } from './operations/explain.ts'
import { graphOperations } from './operations/graph.ts'
import { ingestOperation } from './operations/ingest.ts'
import { multiOperation } from './operations/multi.ts'
import { type QueryNeeds, queryOperation } from './operations/query.ts'
import { queryStreamOperation } from './operations/query-stream.ts'
import { registryOperations } from './operations/registry.ts'
import { vectorOperations } from './operations/vector.ts'
import type { Pipeline } from './perform.ts'
import { postgresExplainer } from './postgres/explainer.ts'
import type { PostgresGateway } from './postgres/gateway.ts'
import { postgresIngest } from './postgres/ingest.ts'
import { openPostgresGateway } from './postgres/open-gateway.ts'
import { startPruning } from './prune-keys.ts'
import { readTableHomes } from './read-table-homes.ts'
import { openStores, type Stores } from './stores/open-stores.ts'
import { tracedCache, tracedGuard, tracedHierarchy } from './trace/traced.ts'
import type { Tracer } from './trace/tracer.ts'

/** Everything that serves requests, behind whatever door they come by. */
export interface Router extends Pipeline {
  readonly authenticator: Authenticator
  readonly companies: CompanyDirectory
  readonly operations: Operations
  /** Those that are for no company. */
  readonly registry: ReturnType<typeof registryOperations>
  figures(): RouterFigures
  close(): Promise<void>
}

interface PostgresParts {
  readonly guard: Guard
  readonly gateway: PostgresGateway
  readonly factsOf: (company: string) => Promise<RelationFacts>
}

export type Operations = ReturnType<typeof operationsOf>

function operationsOf({ guard, gateway, factsOf }: PostgresParts, shared: Omit<QueryNeeds, 'engines'>, stores: Stores) {
  const postgres = withInvalidation(gateway, shared.cache)
  const engines = {
    postgres: { judge: guard.judge, run: postgres.run, stream: postgres.stream, keepsKeys: true },
    ...(stores.clickhouse === null ? {} : { clickhouse: stores.clickhouse }),
  }
  const needs = { engines, ...shared }
  const ingestTargets = {
    postgres: postgresIngest(postgres, guard),
    ...(stores.clickhouse === null ? {} : { clickhouse: stores.clickhouse }),
  }
  const explainers = {
    postgres: postgresExplainer(guard, postgres, factsOf),
    ...(stores.clickhouse === null ? {} : { clickhouse: stores.clickhouse }),
  }
  return {
    query: queryOperation(needs, 'query'),
    queryStream: queryStreamOperation(needs),
    execute: queryOperation(needs, 'execute'),
    explain: explainOperation({ explainers, homes: shared.homes, hierarchy: shared.hierarchy }),
    batch: batchOperation({ guard, postgres, hierarchy: shared.hierarchy }),
    cache: cacheOperations(stores.dragonfly, shared.hierarchy),
    vector: vectorOperations(stores.weaviate, shared.hierarchy),
    graph: graphOperations(stores.arango, shared.hierarchy),
    ingest: ingestOperation(ingestTargets, shared.hierarchy),
    multi: multiOperation({ engines, configured: configuredIn(stores) }),
    ...configOperations(postgres),
  }
}

const configuredIn = (stores: Stores): ReadonlySet<EngineName> =>
  new Set(engineNames.filter((name) => name === ledgerEngine || stores[name] !== null))

export interface RouterEvents {
  readonly observer: Observer
  readonly tracer: Tracer
  /** A step of the fallback hierarchy failed. */
  readonly onFailedAttempt: (attempt: FailedAttempt) => void
  /** The first of alike ones of a minute. */
  readonly onAuthenticationFailure: (failure: AuthenticationFailure) => void
}

/** Opens the router on a connected cluster. @throws DBS-1301 the folder of migrations is not there */
export async function openRouter(
  session: Session,
  pool: ContextPool,
  { observer, tracer, onFailedAttempt, onAuthenticationFailure }: RouterEvents,
): Promise<Router> {
  const { loaded, project } = session
  // The session's own does not come back when PostgreSQL was away.
  const client = openLastingClient(loaded.config.postgres, 'serve')
  const authenticator = await openAuthenticator(client, loaded.config.server.auth, onAuthenticationFailure)
  const companies = openCompanyDirectory(client, loaded.config.tiers, loaded.config.server.auth.staleForMs)
  const homes = await readTableHomes(project, loaded.config)
  const guard = tracedGuard(openGuard({ surroundingsOf: (company) => readSurroundings(client, company) }), tracer)
  // Names of users that are no companies have passwords by the same key.
  const passwordOf = companyPasswords(project.secretStore, 'dragonfly')
  const circuits = createCircuits(loaded.config.server.circuit, () => performance.now())
  const hierarchy = tracedHierarchy(createHierarchy(circuits, onFailedAttempt), tracer)
  const responses = await openResponseCache(loaded.config, circuits, () => passwordOf(routerUser.name))
  const cache = tracedCache(responses, tracer)
  const cacheTerms = createCacheTerms(loaded.config.server.cache)
  const stores = openStores(session, tracer.headers)
  const gateway = openPostgresGateway(pool, loaded.config.server.idempotency.keepMs)
  const postgres = { guard, gateway, factsOf: (company: string) => readRelationFacts(client, company) }
  const pruning = startPruning(client)
  const engines: readonly EngineName[] = ['postgres', ...session.stores.engines.map(({ name }) => name)]
  return {
    authenticator,
    companies,
    observer,
    tracer,
    operations: operationsOf(postgres, { homes, hierarchy, cache, cacheTerms }, stores),
    registry: registryOperations(client, loaded.config.server.registry),
    figures: () => ({
      cache: cache.counts(),
      sharedCache: cache.shared(),
      guard: guard.counts(),
      circuits: new Map(engines.map((engine) => [engine, circuits.stateOf(engine)])),
      companiesInStores: new Map(stores.dragonfly === null ? [] : [['dragonfly', stores.dragonfly.connections()]]),
    }),
    async close() {
      pruning.stop()
      await authenticator.close()
      client.close()
      await companies.close()
      await cache.close()
      await stores.close()
    },
  }
}
