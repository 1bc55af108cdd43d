import { describe, expect, test } from 'vitest'
import { uniqueName } from '../../../support/unique-name.ts'
import type { StoreContext } from '../context.ts'
import { isLetIn, limits, readAs, refusedByDbsvc, writeAs } from '../harness.ts'

export function neighbours(context: StoreContext): void {
  describe('two companies, one of whose ids begins as the other', () => {
    async function provisionBoth(): Promise<[short: string, long: string]> {
      const { store, server } = context
      const short = uniqueName('abc')
      const long = `${short}_d`
      await store.provision([
        { company: short, limits },
        { company: long, limits },
      ])
      await writeAs(server, short, 'of the short one')
      await writeAs(server, long, 'of the long one')
      return [short, long]
    }

    test('each reads its own', async () => {
      const [short, long] = await provisionBoth()
      expect(await readAs(context.server, short)).toEqual(['of the short one'])
      expect(await readAs(context.server, long)).toEqual(['of the long one'])
      expect((await context.store.readFacts(short)).items).toBe((await context.store.readFacts(long)).items)
    })

    test('removing the short one leaves the long one, and the other way round', async () => {
      const { store, server } = context
      for (const at of [0, 1]) {
        const both = await provisionBoth()
        const [gone = '', stays = ''] = at === 0 ? both : [...both].reverse()
        const before = await store.findRemains(stays)
        await store.deprovision(gone)
        expect(await store.findRemains(gone)).toEqual([])
        expect(await server.traces(gone)).toEqual([])
        expect(await store.findRemains(stays)).toEqual(before)
        expect(await readAs(server, stays)).toHaveLength(1)
      }
    })

    test('suspending the short one leaves the long one in', async ({ skip }) => {
      const { store, server } = context
      if (!server.refusesSuspended) return skip(refusedByDbsvc)
      const [short, long] = await provisionBoth()
      await store.suspend(short)
      expect(await isLetIn(server, short)).toBe(false)
      expect(await readAs(server, long)).toEqual(['of the long one'])
    })
  })
}
