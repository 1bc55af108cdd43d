import type { ViteUserConfig } from 'vitest/config'
import { EngineReport } from './engine-report.ts'

/** A run over the test files in these folders of test/, on the engines that global-setup.ts starts. */
export function suite(folders: readonly string[], maxWorkers: number): ViteUserConfig {
  const report = process.env.DBSVC_TEST_REPORT
  return {
    test: {
      include: folders.map((folder) => `test/${folder}/**/*.test.ts`),
      passWithNoTests: true,
      globalSetup: ['test/support/global-setup.ts'],
      pool: 'forks',
      maxWorkers,
      testTimeout: 60_000,
      hookTimeout: 60_000,
      // .ci/run counts by this file; `npm cit` passes no arguments on.
      reporters:
        report === undefined
          ? ['default', new EngineReport()]
          : ['default', ['json', { outputFile: report }], new EngineReport()],
    },
  }
}
