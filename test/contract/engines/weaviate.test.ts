import { beforeAll, expect, test } from 'vitest'
import weaviate, { generateUuid5, type WeaviateClient } from 'weaviate-client'
import { describeEngine } from '../../support/engines.ts'
import { uniqueName } from '../../support/unique-name.ts'
import { connectWeaviate, weaviateServer } from '../../support/weaviate.ts'

describeEngine('weaviate', 'tenants of companies', () => {
  let client: WeaviateClient

  beforeAll(async () => {
    client = await connectWeaviate(await weaviateServer())
  })

  const create = (name: string) =>
    client.collections.create({
      name,
      vectorizers: weaviate.configure.vectors.selfProvided(),
      multiTenancy: weaviate.configure.multiTenancy({ autoTenantCreation: false, autoTenantActivation: false }),
      properties: [{ name: 'symbol', dataType: 'text' }],
    })

  test('what one tenant writes no other one finds', async () => {
    const patterns = await create(uniqueName('Patterns'))
    await patterns.tenants.create([{ name: 'company_a' }, { name: 'company_a_b' }])
    const id = generateUuid5('AAPL')
    await patterns.withTenant('company_a').data.insert({ id, properties: { symbol: 'AAPL' }, vectors: [1, 0] })
    expect(await patterns.withTenant('company_a').length()).toBe(1)
    expect(await patterns.withTenant('company_a_b').length()).toBe(0)
    expect(await patterns.withTenant('company_a_b').query.fetchObjectById(id)).toBeNull()
    const near = await patterns.withTenant('company_a_b').query.nearVector([1, 0])
    expect(near.objects).toEqual([])
    expect((await patterns.withTenant('company_a').query.nearVector([1, 0])).objects).toHaveLength(1)
  })

  test('a tenant that there is not is refused and not made', async () => {
    const patterns = await create(uniqueName('Patterns'))
    await expect(patterns.withTenant('typo').data.insert({ properties: { symbol: 'X' } })).rejects.toThrow(
      /tenant not found/i,
    )
    await expect(patterns.withTenant('typo').query.fetchObjects()).rejects.toThrow(/tenant not found/i)
    expect(await patterns.tenants.get()).toEqual({})
  })

  test('a request without a tenant is refused', async () => {
    const patterns = await create(uniqueName('Patterns'))
    await expect(patterns.data.insert({ properties: { symbol: 'X' } })).rejects.toThrow(/multi-tenancy/i)
    await expect(patterns.query.fetchObjects()).rejects.toThrow(/multi-tenancy/i)
  })

  test('an inactive tenant is neither read nor written, and has its data when it is active again', async () => {
    const patterns = await create(uniqueName('Patterns'))
    await patterns.tenants.create({ name: 'company_a' })
    const company = patterns.withTenant('company_a')
    await company.data.insert({ properties: { symbol: 'AAPL' } })
    await patterns.tenants.deactivate('company_a')
    await expect(company.query.fetchObjects()).rejects.toThrow(/not active/i)
    await expect(company.data.insert({ properties: { symbol: 'X' } })).rejects.toThrow(/not active/i)
    expect((await patterns.tenants.getByName('company_a'))?.activityStatus).toBe('INACTIVE')
    await patterns.tenants.activate('company_a')
    expect(await company.length()).toBe(1)
  })

  test('making a tenant twice does no harm, removing one takes its data and nobody else', async () => {
    const patterns = await create(uniqueName('Patterns'))
    await patterns.tenants.create([{ name: 'company_a' }, { name: 'company_b' }])
    for (const name of ['company_a', 'company_b'])
      await patterns.withTenant(name).data.insert({ properties: { symbol: name } })
    await patterns.tenants.create({ name: 'company_a' })
    expect(await patterns.withTenant('company_a').length()).toBe(1)
    await patterns.tenants.remove('company_a')
    await patterns.tenants.remove('company_a')
    await expect(patterns.withTenant('company_a').query.fetchObjects()).rejects.toThrow(/tenant not found/i)
    await patterns.tenants.create({ name: 'company_a' })
    expect(await patterns.withTenant('company_a').length()).toBe(0)
    expect(await patterns.withTenant('company_b').length()).toBe(1)
  })

  test('an alias moves from one class to another at once, while it is read', async () => {
    const [old, next, alias] = [uniqueName('Old'), uniqueName('Next'), uniqueName('Alias')]
    for (const [name, count] of [
      [old, 1],
      [next, 2],
    ] as const) {
      const collection = await create(name)
      await collection.tenants.create({ name: 'company_a' })
      await collection
        .withTenant('company_a')
        .data.insertMany(Array.from({ length: count }, () => ({ properties: { symbol: name } })))
    }
    await client.alias.create({ alias, collection: old })
    const readAlias = (): Promise<number> => client.collections.use(alias).withTenant('company_a').length()
    const lengths: number[] = []
    let isMoved = false
    const reader = (async () => {
      while (!isMoved) lengths.push(await readAlias())
    })()
    await expect.poll(() => lengths.length).toBeGreaterThan(5)
    await client.alias.update({ alias, newTargetCollection: next })
    isMoved = true
    await reader
    // Never an error, never neither of the two, never back.
    expect([...lengths, await readAlias()]).toEqual([...lengths.toSorted(), 2])
    expect(await client.alias.get(alias)).toMatchObject({ collection: next })
  })

  test('the same name has the same id, also written twice', async () => {
    expect(generateUuid5('AAPL', 'company_a')).toBe(generateUuid5('AAPL', 'company_a'))
    expect(generateUuid5('AAPL', 'company_a')).not.toBe(generateUuid5('AAPL', 'company_b'))
    // The two are only put together: whoever joins names needs a separator that neither can have.
    expect(generateUuid5('a', 'bc')).toBe(generateUuid5('ab', 'c'))
    // What any other implementation of UUID version 5 makes of it in the namespace of DNS.
    expect(generateUuid5('AAPL')).toBe('8892618b-7f8e-57bf-a510-f127f297d90f')
    const patterns = await create(uniqueName('Patterns'))
    await patterns.tenants.create({ name: 'company_a' })
    const company = patterns.withTenant('company_a')
    const id = generateUuid5('AAPL', 'company_a')
    await company.data.insert({ id, properties: { symbol: 'AAPL' } })
    await expect(company.data.insert({ id, properties: { symbol: 'AAPL' } })).rejects.toThrow(/already exists/)
    await company.data.insertMany([{ id, properties: { symbol: 'again' } }])
    expect(await company.length()).toBe(1)
  })
})
