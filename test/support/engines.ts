import { afterAll, beforeAll, describe } from 'vitest'
import type { TestServer } from './server.ts'
import { startTimescale, type TimescaleServer, timescaleAvailable } from './timescale.ts'

/** One of the servers that time series differ on; `server` is undefined for the run's shared PostgreSQL. */
export interface Engine {
  readonly timescale: boolean
  readonly server: () => TestServer | undefined
}

/** Runs the same tests on PostgreSQL 18 and, where it is installed, on TimescaleDB. */
export function describeEngines(title: string, tests: (engine: Engine) => void): void {
  describe(`${title}, PostgreSQL 18`, () => tests({ timescale: false, server: () => undefined }))
  describe.runIf(timescaleAvailable())(`${title}, TimescaleDB`, () => {
    let timescale: TimescaleServer | null = null
    beforeAll(async () => {
      timescale = await startTimescale()
    })
    afterAll(() => timescale?.stop())
    tests({ timescale: true, server: () => timescale ?? undefined })
  })
}
