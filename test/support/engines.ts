import { afterAll, beforeAll, describe, inject } from 'vitest'
import { type EngineFinding, type EngineName, installCommands } from './engine-findings.ts'
import type { TestServer } from './server.ts'
import { startTimescale, type TimescaleServer } from './timescale.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** What this run has of each engine. */
    engines: readonly EngineFinding[]
  }
  export interface TaskMeta {
    /** The engine that a test's result rests on. */
    engine?: EngineFinding
  }
}

/** One of the servers that time series differ on; `server` is undefined for the run's shared PostgreSQL. */
export interface Engine {
  readonly timescale: boolean
  readonly server: () => TestServer | undefined
}

export function engineFinding(name: EngineName): EngineFinding {
  const finding = inject('engines').find((engine) => engine.name === name)
  if (finding === undefined) throw new Error(`no engine is called ${name}`)
  return finding
}

/**
 * Tests that need this engine. Their title and their results carry its version and whether it is real. They are skipped where
 * it is missing; with DBSVC_TEST_REQUIRE_ENGINES=1 they fail.
 */
export function describeEngine(name: EngineName, title: string, tests: () => void): void {
  const finding = engineFinding(name)
  const { version, kind } = finding
  const isRequired = process.env.DBSVC_TEST_REQUIRE_ENGINES === '1'
  const where = kind === 'missing' ? `${name}, missing` : `${name} ${version}, ${kind}`
  describe.runIf(kind !== 'missing' || isRequired)(`${title} [${where}]`, { meta: { engine: finding } }, () => {
    beforeAll(() => {
      if (kind === 'missing') throw new Error(missingMessage(finding))
    })
    tests()
  })
}

export function missingMessage({ name }: EngineFinding): string {
  return `DBSVC_TEST_REQUIRE_ENGINES is set, but ${name} is missing: ${installCommands[name]}`
}

/** Runs the same tests on PostgreSQL 18 and, where it is installed, on TimescaleDB. */
export function describeEngines(title: string, tests: (engine: Engine) => void): void {
  describeEngine('postgres', title, () => tests({ timescale: false, server: () => undefined }))
  describeEngine('timescaledb', title, () => {
    let timescale: TimescaleServer | null = null
    beforeAll(async () => {
      timescale = await startTimescale()
    })
    afterAll(() => timescale?.stop())
    tests({ timescale: true, server: () => timescale ?? undefined })
  })
}
