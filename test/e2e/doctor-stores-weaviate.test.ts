import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeEngine } from '../support/engines.ts'
import { type OwnWeaviate, ownWeaviate } from './support/faults/own-weaviate.ts'
import { examine } from './support/findings.ts'
import { type Given, givenCluster, orders } from './support/given.ts'

describeEngine('weaviate', 'given companies in Weaviate', () => {
  let engine: OwnWeaviate
  let given: Given
  beforeAll(async () => {
    engine = await ownWeaviate()
    const migrations = { 'postgres/tenant/0001_orders.sql': orders, ...engine.migrations }
    given = await givenCluster({ migrations, companies: ['abc', 'xyz'], config: { ...engine.config(engine.port) } })
  }, 120_000)
  afterAll(() => engine?.stop())

  const makeTenants = async (automatically: boolean): Promise<void> => {
    const notes = (await engine.request('GET', '/schema/Notes')) as { multiTenancyConfig: object }
    const multiTenancyConfig = { ...notes.multiTenancyConfig, autoTenantCreation: automatically }
    await engine.request('PUT', '/schema/Notes', { ...notes, multiTenancyConfig })
  }

  test('when a class makes tenants for whoever names one, then that is store-isolation-broken, until it is undone', async () => {
    expect(await examine(given, 'store-isolation')).toEqual([])
    await makeTenants(true)
    expect(await examine(given, 'store-isolation')).toEqual([
      expect.objectContaining({
        id: 'store-isolation-broken',
        severity: 'error',
        message: expect.stringMatching(/^Weaviate: .* makes a tenant by a typing mistake in Notes/),
      }),
    ])
    await makeTenants(false)
    expect(await examine(given, 'store-isolation')).toEqual([])
  })
})
