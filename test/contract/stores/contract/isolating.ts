import { describe, expect, test } from 'vitest'
import { uniqueName } from '../../../support/unique-name.ts'
import type { StoreContext } from '../context.ts'
import { limits, readAs, writeAs } from '../harness.ts'

export function isolating(context: StoreContext): void {
  describe('probing the isolation', () => {
    async function provisionTwo(): Promise<[victim: string, intruder: string]> {
      const [victim, intruder] = [uniqueName('victim'), uniqueName('intruder')]
      await context.store.provision([
        { company: victim, limits },
        { company: intruder, limits },
      ])
      await writeAs(context.server, victim, 'mine')
      return [victim, intruder]
    }

    test('nothing gets through, and both have afterwards what they had', async () => {
      const { store, server } = context
      const [victim, intruder] = await provisionTwo()
      const before = [await store.findRemains(victim), await store.findRemains(intruder)]
      expect(await store.probeIsolation(victim, intruder)).toEqual([])
      expect(await store.probeIsolation(intruder, victim)).toEqual([])
      expect(await readAs(server, victim)).toEqual(['mine'])
      expect(await readAs(server, intruder)).toEqual([])
      expect([await store.findRemains(victim), await store.findRemains(intruder)]).toEqual(before)
    })

    test('a way that was opened is found and named', async ({ skip }) => {
      const { store, server } = context
      if (server.breakIsolation === null) return skip('companies have no way of their own')
      const [victim, intruder] = await provisionTwo()
      await server.breakIsolation(victim, intruder)
      const through = await store.probeIsolation(victim, intruder)
      expect(through.length).toBeGreaterThan(0)
      for (const way of through) expect(way).not.toBe('')
      // Both go: what somebody has opened might be open for others, too.
      await store.deprovision(intruder)
      await store.deprovision(victim)
    })
  })
}
