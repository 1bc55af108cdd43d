import { expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { describeEngine } from '../support/engines.ts'
import { ownDirectory } from '../support/shared-server.ts'
import { valkeyServer } from '../support/valkey.ts'
import { weaviateServer } from '../support/weaviate.ts'
import { expectError, type Given, givenOrders } from './support/given.ts'

const hostile = { DBSVC_SERVER_HOSTILE_COMPANIES: 'true' }

/** Whether it comes up, and what it says until then. */
async function serve(given: Given, env: Readonly<Record<string, string>>): Promise<string> {
  const router = given.start(['serve', '--port', '0'], { env })
  await router.waitFor(/serving on/)
  router.kill('SIGTERM')
  const { stdout, stderr } = await router.exited
  return `${stdout}${stderr}`
}

describeEngine('clickhouse', 'a chDB, for hostile companies', () => {
  test('is not served, unless it is told so', async () => {
    const given = await givenOrders({ config: { clickhouse: { path: await ownDirectory('chdb-hostile') } } })
    const refused = await given.dbsvc(['serve', '--port', '0'], { env: hostile })
    expectError(refused, ExitCode.Refused, 'DBS-1608')
    expect(refused.stderr).toContain('ClickHouse lacks users of companies')
    const all = { ...hostile, DBSVC_SERVER_ALLOW_UNSEPARATED: '["clickhouse"]' }
    expect(await serve(given, all)).toContain('served to hostile companies')
    expect(await serve(given, {})).not.toContain('served to hostile companies')
  })
})

describeEngine('weaviate', 'a Weaviate, for hostile companies', () => {
  test('is not served, whatever else is allowed', async () => {
    const { host, httpPort, grpcPort } = await weaviateServer()
    const weaviate = { url: `http://${host}:${httpPort}`, grpcUrl: `http://${host}:${grpcPort}` }
    const given = await givenOrders({ config: { weaviate } })
    const others = { ...hostile, DBSVC_SERVER_ALLOW_UNSEPARATED: '["clickhouse"]' }
    expectError(await given.dbsvc(['serve', '--port', '0'], { env: others }), ExitCode.Refused, 'DBS-1608')
  })
})

describeEngine('valkey', 'a Valkey, for hostile companies', () => {
  test('is served: each has a user of its own', async () => {
    const { url } = await valkeyServer()
    const given = await givenOrders({ config: { dragonfly: { url } } })
    expect(await serve(given, hostile)).not.toContain('served to hostile companies')
  })
})
