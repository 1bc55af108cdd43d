import type { ViteUserConfig } from 'vitest/config'

/** A run over the test files in these folders of test/, on the engines that global-setup.ts starts. */
export function suite(folders: readonly string[], maxWorkers: number): ViteUserConfig {
  return {
    test: {
      include: folders.map((folder) => `test/${folder}/**/*.test.ts`),
      passWithNoTests: true,
      globalSetup: ['test/support/global-setup.ts'],
      pool: 'forks',
      maxWorkers,
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  }
}
