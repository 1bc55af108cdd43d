import { describe, expect, test } from 'vitest'
import { uniqueName } from '../../../support/unique-name.ts'
import type { StoreContext } from '../context.ts'
import { isLetIn, limits, readAs, type StoreHarness, writeAs } from '../harness.ts'

export function provisioning({ engine }: StoreHarness, context: StoreContext): void {
  describe('provisioning', () => {
    test('a company that was given a place can use it, and nobody else can enter', async () => {
      const { store, server } = context
      const [company, other] = [uniqueName('one'), uniqueName('none')]
      expect(await server.traces(company)).toEqual([])
      expect(await isLetIn(server, company)).toBe(false)
      await store.provision([{ company, limits }])
      expect(await server.traces(company)).not.toEqual([])
      await writeAs(server, company, 'written')
      expect(await readAs(server, company)).toEqual(['written'])
      expect(await isLetIn(server, other)).toBe(false)
      expect(await store.listCompanies()).toContain(company)
      expect(await store.listCompanies()).not.toContain(other)
    })

    test('a whole batch is provisioned at once', async () => {
      const { store, server } = context
      const count = Math.min(engine.capabilities.provisionBatch, 20)
      const companies = Array.from({ length: count }, () => uniqueName('batch'))
      await store.provision(companies.map((company) => ({ company, limits })))
      expect(await store.listCompanies()).toEqual(expect.arrayContaining(companies))
      for (const company of companies) expect(await isLetIn(server, company)).toBe(true)
    })

    test('no company is fine, too', async () => {
      await context.store.provision([])
    })

    test('a second time keeps what the company has', async () => {
      const { store, server } = context
      const company = uniqueName('twice')
      await store.provision([{ company, limits }])
      await writeAs(server, company, 'kept')
      await store.provision([{ company, limits }])
      expect(await readAs(server, company)).toEqual(['kept'])
    })

    test('twice in parallel, on connections of their own, is as good as once', async () => {
      const { server } = context
      const [one, other] = [await context.connect(), await context.connect()]
      const companies = Array.from({ length: Math.min(engine.capabilities.provisionBatch, 5) }, () =>
        uniqueName('race'),
      )
      const batch = companies.map((company) => ({ company, limits }))
      await Promise.all([one.provision(batch), other.provision(batch), one.provision(batch)])
      for (const company of companies) {
        await writeAs(server, company, company)
        expect(await readAs(server, company)).toEqual([company])
      }
    })

    test('an id of 48 characters fits', async () => {
      const { store, server } = context
      const company = uniqueName('long').padEnd(48, 'x')
      await store.provision([{ company, limits }])
      await writeAs(server, company, 'fits')
      expect(await readAs(server, company)).toEqual(['fits'])
      await store.deprovision(company)
      expect(await store.findRemains(company)).toEqual([])
      expect(await server.traces(company)).toEqual([])
    })
  })
}
