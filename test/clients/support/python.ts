import { mkdtemp } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { inject } from 'vitest'
import { engineFinding, missingMessage } from '../../support/engines.ts'
import type { TestRouter } from '../../support/router.ts'

export const pythonClient = fileURLToPath(new URL('../../../clients/python', import.meta.url))

/** Runs Python where what the client needs is installed. Never throws; stdout and stderr come together. */
export async function python(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ exitCode: number | null; output: string }> {
  const finding = engineFinding('python')
  if (finding.program === null) throw new Error(missingMessage(finding))
  const { exitCode, all } = await execa(finding.program, args, {
    cwd: pythonClient,
    env: { PYTHONDONTWRITEBYTECODE: '1', ...env },
    all: true,
    reject: false,
  })
  return { exitCode: exitCode ?? null, output: all }
}

/** Builds the client as for PyPI and installs it into a folder of its own, which is returned. */
export async function installPythonClient(): Promise<string> {
  const folder = await mkdtemp(join(inject('runDirectory'), 'python-'))
  const flags = ['--quiet', '--no-index', '--no-deps', '--no-build-isolation', '--disable-pip-version-check']
  const { exitCode, output } = await python(['-m', 'pip', 'install', ...flags, '--target', folder, pythonClient])
  if (exitCode !== 0) throw new Error(output)
  return folder
}

export interface Companies {
  readonly company: string
  readonly other: string
}

/** Runs the tests of a module against a router. They must all pass, and none be skipped. */
export async function runPythonTests(
  module: string,
  installed: string,
  router: TestRouter,
  { company, other }: Companies,
): Promise<void> {
  const { exitCode, output } = await python(['-W', 'error', '-m', 'unittest', '-v', module], {
    PYTHONPATH: [installed, join(pythonClient, 'tests')].join(delimiter),
    DBSVC_TEST_HOST: `127.0.0.1:${router.port}`,
    DBSVC_API_KEY: router.key,
    DBSVC_TEST_COMPANY: company,
    DBSVC_TEST_OTHER_COMPANY: other,
  })
  if (exitCode !== 0 || !/^Ran [1-9]\d* tests?/m.test(output) || /\(.*skipped=/.test(output)) throw new Error(output)
}
