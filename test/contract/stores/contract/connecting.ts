import { describe, expect, test } from 'vitest'
import type { StoreContext } from '../context.ts'
import { configOf, connectStore, type StoreHarness } from '../harness.ts'

export function connecting({ engine }: StoreHarness, context: StoreContext): void {
  describe('connecting', () => {
    test('the place is the configured one, and there is none without a setting', () => {
      expect(engine.placeIn(context.server.config)).toBe(context.store.place)
      expect(engine.placeIn(configOf({}))).toBeNull()
    })

    test('it says which version it is', async () => {
      const { version, lacks } = await context.store.health()
      expect(version).toMatch(/\d/)
      for (const lack of lacks) expect(lack).not.toBe('')
    })

    test('a wrong password is DBS-1102, and is not told', async ({ skip }) => {
      const { wrongPassword } = context.server
      if (wrongPassword === null) return skip('it asks for no password')
      await expect(connectStore(engine, wrongPassword)).rejects.toMatchObject({ code: 'DBS-1102' })
    })

    test('a server that is not there is DBS-1101', async ({ skip }) => {
      const { unreachable } = context.server
      if (unreachable === null) return skip('it runs in this process')
      await expect(connectStore(engine, unreachable)).rejects.toMatchObject({ code: 'DBS-1101' })
    })

    test('examining the server finds nothing that has no text', async () => {
      for (const { id, message, means } of await context.store.examine()) {
        expect([id, message, means]).not.toContain('')
      }
    })
  })
}
