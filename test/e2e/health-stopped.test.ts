import { beforeAll, expect, test } from 'vitest'
import { startEmbeddedWeaviate } from '../../src/embedded/weaviate/start.ts'
import { describeEngine, engineFinding } from '../support/engines.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { ownDirectory } from '../support/shared-server.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { startValkey } from '../support/valkey.ts'
import { askHealth, expectPrompt, quick, soon } from './support/health.ts'

/** An engine whose process can be stopped, so that its connections stay and nobody answers. */
interface Stoppable {
  readonly pid: number
  readonly env: Readonly<Record<string, string>>
}

const startOwnValkey = async (): Promise<Stoppable> => {
  const { pid, url } = await startValkey(await ownDirectory('valkey'))
  return { pid, env: { DBSVC_DRAGONFLY_URL: url } }
}

const startOwnWeaviate = async (): Promise<Stoppable> => {
  const program = engineFinding('weaviate').program ?? ''
  // It ends with this process.
  const server = await startEmbeddedWeaviate({ program, directory: await ownDirectory('weaviate') })
  const { pid, url, grpcUrl, apiKey } = server
  return { pid, env: { DBSVC_WEAVIATE_URL: url, DBSVC_WEAVIATE_GRPC_URL: grpcUrl, DBSVC_WEAVIATE_API_KEY: apiKey } }
}

let cluster: Cluster
beforeAll(async () => {
  cluster = await createCluster()
})

const engines = [
  ['valkey', 'dragonflydb', 'memory_usage_mb', startOwnValkey],
  ['weaviate', 'weaviate', 'objects_count', startOwnWeaviate],
] as const

for (const [engine, name, figure, start] of engines) {
  describeEngine(engine, 'whose process is stopped', () => {
    let stoppable: Stoppable
    let router: TestRouter
    const dependency = async () => (await askHealth(router)).body.dependencies[name]

    beforeAll(async () => {
      stoppable = await start()
      router = await startRouter(cluster, { env: { ...quick, ...stoppable.env } })
    }, 120_000)

    test('/health answers as promptly as ever, says so, and tells when it is back', async () => {
      await expect.poll(dependency, soon).toMatchObject({ status: 'healthy' })
      const shown = async () => (await askHealth(router)).body.database_details[name]?.[figure]
      await expect.poll(shown, soon).toEqual(expect.any(Number))
      process.kill(stoppable.pid, 'SIGSTOP')
      try {
        await expect.poll(dependency, soon).toMatchObject({ status: 'unhealthy', reason: 'no answer within 400 ms' })
        await expectPrompt(router)
        const { status, body } = await askHealth(router)
        expect({ status, overall: body.status }).toEqual({ status: 200, overall: 'degraded' })
        expect(body.database_details[name]?.[figure]).toBeNull()
        expect(body.not_measured[`database_details.${name}.${figure}`]).toBe('not answering: no answer within 400 ms')
        expect((await askHealth(router, '/readyz')).status).toBe(200)
      } finally {
        process.kill(stoppable.pid, 'SIGCONT')
      }
      await expect.poll(dependency, soon).toMatchObject({ status: 'healthy' })
      await expect.poll(shown, soon).toEqual(expect.any(Number))
    })
  })
}
