import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import weaviate, { type WeaviateClient } from 'weaviate-client'
import { startEmbeddedWeaviate } from '../../../src/embedded/weaviate/start.ts'
import type { Alteration } from '../../support/alterations.ts'
import { engineFinding } from '../../support/engines.ts'
import { startRouter, type TestRouter } from '../../support/router.ts'
import { type Given, givenOrders } from './given.ts'

/** A router of these companies with a Weaviate, and a client that sees everything there. */
export interface VectorRouter {
  readonly client: WeaviateClient
  readonly router: TestRouter
  readonly dbsvc: Given['dbsvc']
  /** Another router beside it, with these alterations. */
  altered(alterations: readonly Alteration[]): Promise<TestRouter>
  stop(): Promise<void>
}

/** @param classes the one shared migration of Weaviate */
export async function startVectorRouter(companies: string[], classes: object): Promise<VectorRouter> {
  const stops: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end()
  }
  try {
    const directory = await mkdtemp(join(tmpdir(), 'dbsvc-weaviate-'))
    stops.push(() => rm(directory, { recursive: true, force: true }))
    // A server of its own: every multi-tenant class of one gets tenants.
    const server = await startEmbeddedWeaviate({ program: engineFinding('weaviate').program ?? '', directory })
    stops.push(() => server.stop())
    const { url, grpcUrl, apiKey } = server
    const given = await givenOrders({
      companies,
      migrations: { 'weaviate/shared/1_patterns.json': JSON.stringify(classes) },
      config: { weaviate: { url, grpcUrl, apiKey } },
    })
    const client = await weaviate.connectToCustom({
      httpHost: new URL(url).hostname,
      httpPort: Number(new URL(url).port),
      httpSecure: false,
      grpcHost: new URL(grpcUrl).hostname,
      grpcPort: Number(new URL(grpcUrl).port),
      grpcSecure: false,
      authCredentials: new weaviate.ApiKey(apiKey),
    })
    stops.push(() => client.close())
    const altered = async (alterations: readonly Alteration[]): Promise<TestRouter> => {
      const router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given }, { alterations })
      stops.push(() => router.stop())
      return router
    }
    return { client, router: await altered([]), dbsvc: given.dbsvc, altered, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
