import type { Database } from 'arangojs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Store } from '../../../src/engines/store.ts'
import { arangoServer, connectArango } from '../../support/arango.ts'
import { refusal } from '../../support/arango-refusal.ts'
import { arangoStore, asCompany, companyNamed, passwordOf } from '../../support/arango-store.ts'
import { describeEngine } from '../../support/engines.ts'
import { uniqueName } from '../../support/unique-name.ts'

describeEngine('arango', 'companies', () => {
  let store: Store
  let system: Database

  beforeAll(async () => {
    store = await arangoStore()
    system = connectArango(await arangoServer())
  })
  afterAll(() => store.close())

  async function given(...names: string[]): Promise<string[]> {
    const companies = names.map((name) => uniqueName(name))
    await store.provision(companies.map(companyNamed))
    return companies
  }

  test('a company has a database and a user that reaches nothing else', async () => {
    const [company = ''] = await given('company')
    const own = await asCompany(company)
    await own.createCollection('trades')
    await own.collection('trades').save({ _key: 'a' })
    expect(await own.listUserDatabases()).toEqual([`tenant_${company}`])
    expect(await system.getUserAccessLevel(`tenant_${company}`, { database: '_system' })).toBe('none')
    expect(await system.getUserAccessLevel(`tenant_${company}`, { database: '*' })).toBe('none')
    expect(await system.getUserAccessLevel(`tenant_${company}`, { database: 'dbsvc_shared' })).toBe('none')
    expect(await store.listCompanies()).toContain(company)
  })

  test('provisioned again, also by several at once, it keeps its data', async () => {
    const [company = ''] = await given('company')
    await (await asCompany(company)).createCollection('trades')
    const other = await arangoStore()
    await Promise.all([store, other, store, other].map((one) => one.provision([companyNamed(company)])))
    await other.close()
    expect(await (await asCompany(company)).collection('trades').exists()).toBe(true)
  })

  test('provisioned by several at once from nothing, it is there once', async () => {
    const company = uniqueName('race')
    const stores = await Promise.all([1, 2, 3, 4].map(() => arangoStore()))
    await Promise.all(stores.map((one) => one.provision([companyNamed(company)])))
    await Promise.all(stores.map((one) => one.close()))
    expect((await (await asCompany(company)).get()).name).toBe(`tenant_${company}`)
  })

  test('what a user was granted beyond its own is taken back', async () => {
    const [company = '', other = ''] = await given('company', 'company')
    await system.setUserAccessLevel(`tenant_${company}`, { database: `tenant_${other}` }, 'ro')
    await system.setUserAccessLevel(`tenant_${company}`, { database: '*' }, 'rw')
    await store.provision([companyNamed(company)])
    expect(await (await asCompany(company)).listUserDatabases()).toEqual([`tenant_${company}`])
  })

  test('a user that is gone is made again, with access to the collections too', async () => {
    const [company = ''] = await given('company')
    const trades = await (await asCompany(company)).createCollection('trades')
    await trades.save({ _key: 'a' })
    await system.removeUser(`tenant_${company}`)
    await store.provision([companyNamed(company)])
    expect(await (await asCompany(company)).collection('trades').document('a')).toMatchObject({ _key: 'a' })
  })

  test('a database of that name which dbsvc did not make is left alone, and said', async () => {
    const company = uniqueName('foreign')
    await system.createDatabase(`tenant_${company}`)
    await expect(store.provision([companyNamed(company)])).rejects.toMatchObject({
      code: 'DBS-1107',
      message: expect.stringContaining(`database tenant_${company} exists, and dbsvc did not make it`),
    })
    await expect(store.deprovision(company)).rejects.toMatchObject({ code: 'DBS-1107' })
    expect(await system.listDatabases()).toContain(`tenant_${company}`)
    expect(await system.listUsers()).not.toContainEqual(expect.objectContaining({ user: `tenant_${company}` }))
  })

  test('a user of that name which dbsvc did not make keeps its password', async () => {
    const company = uniqueName('foreign')
    await system.createUser(`tenant_${company}`, 'its own')
    await expect(store.provision([companyNamed(company)])).rejects.toMatchObject({ code: 'DBS-1107' })
    expect(
      await connectArango(await arangoServer(), '_system', `tenant_${company}`, 'its own').login(
        `tenant_${company}`,
        'its own',
      ),
    ).toEqual(expect.any(String))
    expect(await system.listDatabases()).not.toContain(`tenant_${company}`)
  })

  test('one that is suspended is refused at once, also with a token from before, and keeps its data', async () => {
    const [company = ''] = await given('company')
    const own = await asCompany(company)
    await own.createCollection('trades')
    const token = await asCompany(company)
    await token.login(`tenant_${company}`, passwordOf(company))
    expect((await token.get()).name).toBe(`tenant_${company}`)
    await store.suspend(company)
    await store.suspend(company)
    expect(await refusal(own.listCollections())).toEqual([401, 11])
    expect(await refusal(token.listCollections())).toEqual([401, 11])
    await store.provision([companyNamed(company)])
    expect(await refusal(own.listCollections())).toEqual([401, 11])
    expect(await refusal(token.listCollections())).toEqual([401, 11])
    await store.resume(companyNamed(company))
    expect((await own.listCollections()).map(({ name }) => name)).toEqual(['trades'])
  })

  test('dropped, nothing of it is left, also in the shared scope, and its neighbours are untouched', async () => {
    const [company = ''] = await given('company')
    const longer = `${company}_longer`
    await store.provision([companyNamed(longer)])
    const shared = connectArango(await arangoServer(), 'dbsvc_shared')
    const collection = await shared.createCollection(uniqueName('events'))
    await collection.saveAll([{ company_id: company }, { company_id: longer }, { company_id: company }])
    expect(await store.findRemains(company)).toEqual([
      `database tenant_${company}`,
      `user tenant_${company}`,
      `2 documents in dbsvc_shared.${collection.name}`,
      `the note of ${company} in dbsvc's register`,
    ])
    await Promise.all([store.deprovision(company), store.deprovision(company)])
    await store.deprovision(company)
    expect(await store.findRemains(company)).toEqual([])
    expect(await store.listCompanies()).not.toContain(company)
    expect(await store.findRemains(longer)).toHaveLength(4)
    expect(await collection.count()).toMatchObject({ count: 1 })
    await collection.drop()
  })

  test('names of 48 characters, and names that begin with one another, are companies of their own', async () => {
    const short = uniqueName('c')
    const long = `${short}_`.padEnd(48, 'x')
    await store.provision([short, long].map(companyNamed))
    await (await asCompany(short)).createCollection('trades')
    expect(await store.probeIsolation(short, long)).toEqual([])
    expect(await store.probeIsolation(long, short)).toEqual([])
    await store.deprovision(short)
    expect(await (await asCompany(long)).listUserDatabases()).toEqual([`tenant_${long}`])
  })

  test('a user that reaches another company is found by the probe, and put right by doctor', async () => {
    const [victim = '', intruder = ''] = await given('victim', 'intruder')
    await system.setUserAccessLevel(`tenant_${intruder}`, { database: `tenant_${victim}` }, 'ro')
    const through = await store.probeIsolation(victim, intruder)
    expect(through).toContain(`listed collections in tenant_${victim}`)
    await system.setUserAccessLevel(`tenant_${intruder}`, { database: `tenant_${victim}` }, 'rw')
    expect(await store.probeIsolation(victim, intruder)).toContain(`made a collection in tenant_${victim}`)
    expect(await (await asCompany(victim)).listCollections()).toEqual([])
    const found = (await store.examine()).filter(({ message }) => message.includes(intruder))
    expect(found).toEqual([expect.objectContaining({ id: 'arango-company-reaches-further', severity: 'error' })])
    await found[0]?.fix?.()
    expect((await store.examine()).filter(({ message }) => message.includes(intruder))).toEqual([])
    expect(await store.probeIsolation(victim, intruder)).toEqual([])
  })

  test('its facts count documents', async () => {
    const [company = ''] = await given('company')
    const trades = await (await asCompany(company)).createCollection('trades')
    await trades.saveAll([{ _key: 'a' }, { _key: 'b' }])
    expect(await store.readFacts(company)).toMatchObject({
      place: `database tenant_${company}`,
      items: 2,
      itemKind: 'documents',
      sizeBytes: expect.any(Number),
    })
    expect(await store.readFacts(uniqueName('missing'))).toMatchObject({ items: null, sizeBytes: null })
  })
})
