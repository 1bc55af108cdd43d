import { describe, expect, test } from 'vitest'
import { uniqueName } from '../../../support/unique-name.ts'
import type { StoreContext } from '../context.ts'
import { isLetIn, limits, otherLimits, readAs, refusedByDbsvc, visit, writeAs } from '../harness.ts'

export function limiting(context: StoreContext): void {
  describe('suspending and limiting', () => {
    test('suspended and resumed, each twice, a company keeps its data', async () => {
      const { store, server } = context
      const company = uniqueName('kept')
      await store.provision([{ company, limits }])
      await writeAs(server, company, 'kept')
      for (const _ of ['once', 'twice']) await store.suspend(company)
      expect(await store.listCompanies()).toContain(company)
      for (const _ of ['once', 'twice']) await store.resume({ company, limits })
      expect(await readAs(server, company)).toEqual(['kept'])
    })

    test('a suspended company is refused until it is resumed, and keeps its data', async ({ skip }) => {
      const { store, server } = context
      if (!server.refusesSuspended) return skip(refusedByDbsvc)
      const company = uniqueName('suspended')
      await store.provision([{ company, limits }])
      await writeAs(server, company, 'kept')
      for (const _ of ['once', 'twice']) {
        await store.suspend(company)
        expect(await isLetIn(server, company)).toBe(false)
      }
      for (const _ of ['once', 'twice']) {
        await store.resume({ company, limits })
        expect(await readAs(server, company)).toEqual(['kept'])
      }
    })

    test('it is refused on connections that were open, too', async ({ skip }) => {
      const { store, server } = context
      if (!server.refusesSuspended) return skip(refusedByDbsvc)
      const company = uniqueName('open')
      await store.provision([{ company, limits }])
      await visit(server, company, async (visitor) => {
        await visitor.write('before')
        await store.suspend(company)
        await expect(visitor.read()).rejects.toThrow()
        await expect(visitor.write('after')).rejects.toThrow()
      })
      await store.resume({ company, limits })
      expect(await readAs(server, company)).toEqual(['before'])
    })

    test('changed limits are in force, and the same ones again change nothing', async ({ skip }) => {
      const { store, server } = context
      if (server.limitsIn === null) return skip('dbsvc checks its limits')
      const company = uniqueName('limited')
      await store.provision([{ company, limits }])
      const before = await server.limitsIn(company)
      await store.applyLimits({ company, limits: otherLimits })
      const after = await server.limitsIn(company)
      expect(after).not.toEqual(before)
      await store.applyLimits({ company, limits: otherLimits })
      expect(await server.limitsIn(company)).toEqual(after)
      await store.applyLimits({ company, limits })
      expect(await server.limitsIn(company)).toEqual(before)
    })

    test('limits of one company are not those of another', async ({ skip }) => {
      const { store, server } = context
      if (server.limitsIn === null) return skip('dbsvc checks its limits')
      const [one, other] = [uniqueName('mine'), uniqueName('theirs')]
      await store.provision([
        { company: one, limits },
        { company: other, limits },
      ])
      const before = await server.limitsIn(other)
      await store.applyLimits({ company: one, limits: otherLimits })
      expect(await server.limitsIn(other)).toEqual(before)
    })
  })
}
