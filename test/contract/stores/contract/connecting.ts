import { describe, expect, test } from 'vitest'
import type { Store } from '../../../../src/engines/store.ts'
import { type Gate, startGate } from '../../../support/gate.ts'
import type { StoreContext } from '../context.ts'
import { configOf, connectStore, type StoreHarness } from '../harness.ts'

export function connecting(harness: StoreHarness, context: StoreContext): void {
  const { engine } = harness

  /** The store, over connections that can be cut. */
  const throughGate = async (): Promise<{ gate: Gate; connect: () => Promise<Store> }> => {
    const { config } = context.server
    const url = new URL(config[engine.name].url ?? '')
    const gate = await startGate({ host: url.hostname, port: Number(url.port) })
    url.port = String(gate.port)
    const there = { ...config, [engine.name]: { ...config[engine.name], url: url.href.replace(/\/$/, '') } }
    return { gate, connect: () => connectStore(engine, there) }
  }

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

    test('it answers a ping, and tells of itself what /health shows', async () => {
      const { store } = context
      await store.ping()
      const vitals = await store.readVitals()
      expect(Object.keys(vitals).sort()).toEqual([...harness.vitals].sort())
      const figures = Object.values(vitals).flatMap((figure) =>
        typeof figure === 'object' && figure !== null ? Object.values(figure) : [figure],
      )
      for (const figure of figures) if (figure !== null) expect(figure).toBeGreaterThanOrEqual(0)
      expect(figures.some((figure) => figure !== null)).toBe(true)
    })

    test('when the server is cut off, then a ping and the vitals fail as a lost connection does, and a new one answers', async () => {
      const { gate, connect } = await throughGate()
      const store = await connect()
      await store.ping()
      gate.shut()
      for (const ask of [() => store.ping(), () => store.readVitals()]) {
        await expect(ask()).rejects.toMatchObject({ code: expect.stringMatching(/^DBS-110[15]$/) })
      }
      gate.open()
      const other = await connect()
      await other.ping()
      await Promise.all([store.close(), other.close()])
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
