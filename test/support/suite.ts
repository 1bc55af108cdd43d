import type { ViteUserConfig } from 'vitest/config'
import type { Reporter } from 'vitest/node'
import { beginWith } from './begin-with.ts'
import { EngineReport } from './engine-report.ts'

interface SuiteOptions {
  readonly maxWorkers: number
  /** Which files come first, because they take longest. */
  readonly beginWith?: readonly string[]
  readonly reports?: readonly Reporter[]
}

interface SuiteFolder {
  /** In test/. */
  readonly name: string
  /** Its files share the modules that they load, as those that touch nothing outside of themselves can: loading takes most of their time. */
  readonly pure?: true
}

/**
 * A run over the test files in these folders, on the engines that global-setup.ts starts. With one worker more than CI has processors:
 * for a fifth of their time tests wait for what is slow on purpose, such as the end of a deadline.
 */
export function suite(
  folders: readonly SuiteFolder[],
  { maxWorkers, beginWith: first = [], reports = [] }: SuiteOptions,
): ViteUserConfig {
  const report = process.env.DBSVC_TEST_REPORT
  return {
    test: {
      passWithNoTests: true,
      sequence: { sequencer: beginWith(first) },
      globalSetup: ['test/support/global-setup.ts'],
      projects: folders.map(({ name, pure = false }) => ({
        test: {
          name,
          include: [`test/${name}/**/*.test.ts`],
          pool: 'forks',
          isolate: !pure,
          maxWorkers,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // What is waited for comes at once where nothing else runs, and in seconds where all tests do.
          expect: { poll: { timeout: 30_000, interval: 50 } },
        },
      })),
      // .ci/run counts by this file; `npm cit` passes no arguments on.
      reporters:
        report === undefined
          ? ['default', new EngineReport(), ...reports]
          : ['default', ['json', { outputFile: report }], new EngineReport(), ...reports],
    },
  }
}
