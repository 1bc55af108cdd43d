import weaviate from 'weaviate-client'
import type { BenchStore } from '../servers.ts'

const batch = 50

/** A tenant for each company in every class, fifty in a request. */
export async function floorOfWeaviate({ settings }: BenchStore, companies: readonly string[]): Promise<void> {
  const http = new URL(settings.url ?? '')
  const grpc = new URL(settings.grpcUrl ?? '')
  const client = await weaviate.connectToCustom({
    httpHost: http.hostname,
    httpPort: Number(http.port),
    httpSecure: false,
    grpcHost: grpc.hostname,
    grpcPort: Number(grpc.port),
    grpcSecure: false,
    authCredentials: new weaviate.ApiKey(settings.apiKey ?? ''),
  })
  const classes = (await client.collections.listAll()).filter(({ multiTenancy }) => multiTenancy.enabled)
  for (let start = 0; start < companies.length; start += batch) {
    const tenants = companies.slice(start, start + batch).map((name) => ({ name }))
    await Promise.all(classes.map(({ name }) => client.collections.use(name).tenants.create(tenants)))
  }
  await client.close()
}
