import { describe, expect, test } from 'vitest'
import { uniqueName } from '../../../support/unique-name.ts'
import type { StoreContext } from '../context.ts'
import { isLetIn, limits, type StoreHarness, visit, writeAs } from '../harness.ts'

export function removing({ engine }: StoreHarness, context: StoreContext): void {
  describe('removing', () => {
    async function provisionWithData(prefix: string): Promise<string> {
      const company = uniqueName(prefix)
      await context.store.provision([{ company, limits }])
      await writeAs(context.server, company, 'something')
      return company
    }

    async function expectGone(company: string): Promise<void> {
      expect(await context.store.findRemains(company)).toEqual([])
      expect(await context.server.traces(company)).toEqual([])
      expect(await isLetIn(context.server, company)).toBe(false)
      expect(await context.store.listCompanies()).not.toContain(company)
    }

    test('what is there is named before, and nothing is left afterwards', async () => {
      const company = await provisionWithData('removed')
      const remains = await context.store.findRemains(company)
      expect(remains.length).toBeGreaterThan(0)
      for (const remain of remains) expect(remain).not.toBe('')
      await context.store.deprovision(company)
      await expectGone(company)
    })

    test('a second time, and a company that never was, are fine', async () => {
      const company = await provisionWithData('again')
      await context.store.deprovision(company)
      await context.store.deprovision(company)
      await context.store.deprovision(uniqueName('never'))
      await expectGone(company)
    })

    test('several at once, on connections of their own, are fine', async () => {
      const company = await provisionWithData('at_once')
      const [one, other] = [await context.connect(), await context.connect()]
      await Promise.all([one.deprovision(company), other.deprovision(company), one.deprovision(company)])
      await expectGone(company)
    })

    test('a suspended company can be removed', async () => {
      const company = await provisionWithData('asleep')
      await context.store.suspend(company)
      await context.store.deprovision(company)
      await expectGone(company)
    })

    test('a connection that was open writes nothing any more', async () => {
      const company = await provisionWithData('writer')
      await visit(context.server, company, async (visitor) => {
        await visitor.write('before')
        await context.store.deprovision(company)
        await expect(visitor.write('after')).rejects.toThrow()
      })
      await expectGone(company)
    })

    test('a new company of that name begins empty', async () => {
      const company = await provisionWithData('reborn')
      await context.store.deprovision(company)
      await context.store.provision([{ company, limits }])
      expect(await visit(context.server, company, (visitor) => visitor.read())).toEqual([])
    })

    test('a removal and a new company that race end in one or the other, and can be settled', async () => {
      const [one, other] = [await context.connect(), await context.connect()]
      for (let round = 0; round < (engine.capabilities.provisionBatch > 1 ? 5 : 2); round++) {
        const company = await provisionWithData('contested')
        await Promise.allSettled([one.deprovision(company), other.provision([{ company, limits }])])
        await one.provision([{ company, limits }])
        expect(await isLetIn(context.server, company)).toBe(true)
        await other.deprovision(company)
        await expectGone(company)
      }
    })
  })
}
