import type { LoadedConfig } from '../../config/load.ts'
import type { CheckReport, Facts, Finding } from '../../core/doctor/finding.ts'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { ExitCode } from '../../core/exit-codes.ts'
import { operationError, placeOfCluster } from '../../engines/postgres/connection.ts'
import { withObserverPassword } from '../log-in-as.ts'
import type { Check } from './check.ts'
import { type OpenExamination, openExamination } from './examination.ts'
import { findingOf } from './finding-of.ts'

export interface Diagnosis {
  readonly place: string
  readonly facts: Facts
  readonly checks: readonly CheckReport[]
  /** In the order of the checks. */
  readonly findings: readonly Finding[]
}

export interface ExamineOptions {
  readonly checks: readonly Check[]
  /** Mends what can be mended without losing anything. */
  readonly fix: boolean
  readonly signal: AbortSignal
  readonly onWarning: (text: string) => void
}

/**
 * Runs checks one after the other. One that cannot be run is a finding of its own and leaves the others alone, but for those
 * that rest on it. @throws DBS-1904 interrupted
 */
export async function examine(configured: LoadedConfig, options: ExamineOptions): Promise<Diagnosis> {
  const loaded = await withObserverPassword(configured)
  const examination = openExamination(loaded, options.signal)
  const findings: Finding[] = []
  const checks: CheckReport[] = []
  const broken = new Set<string>()
  try {
    for (const check of options.checks) {
      if (options.signal.aborted) throw DbsvcError.of('DBS-1904', {})
      const startedAt = performance.now()
      const { found, outcome, serverLost } = broken.has(check.needs ?? '')
        ? { found: [], outcome: 'skipped' as const, serverLost: false }
        : await run(check, examination, options)
      findings.push(...found)
      checks.push({ id: check.id, outcome, durationMs: Math.round(performance.now() - startedAt) })
      const isBroken = outcome === 'failed' || outcome === 'skipped' || found.some(isOpenError)
      if (isBroken) broken.add(check.id)
      // Whatever rests on another check rests on the server, and would only say so again.
      if (serverLost) for (const { needs } of options.checks) if (needs !== undefined) broken.add(needs)
    }
  } finally {
    await examination.reset()
  }
  return { place: placeOfCluster(loaded.config.postgres), facts: examination.facts, checks, findings }
}

interface Outcome {
  readonly found: readonly Finding[]
  readonly outcome: CheckReport['outcome']
  /** The server could not be reached, or not any more. */
  readonly serverLost: boolean
}

async function run(check: Check, examination: OpenExamination, options: ExamineOptions): Promise<Outcome> {
  try {
    const found: Finding[] = []
    for (const observation of await check.look(examination)) found.push(await findingOf(check, observation, options))
    return { found, outcome: found.length === 0 ? 'passed' : 'found', serverLost: false }
  } catch (thrown) {
    const error = operationError(thrown, examination.loaded.config.postgres)
    if (error instanceof DbsvcError && error.exitCode === ExitCode.Interrupted) throw error
    // Whatever it had begun ends with its connection.
    await examination.reset()
    const serverLost = error instanceof DbsvcError && (error.code === 'DBS-1101' || error.code === 'DBS-1105')
    return { found: [couldNotRun(check, error)], outcome: 'failed', serverLost }
  }
}

/** What a check that threw is told as; docs/doctor.md has it too. */
export const notRun = {
  id: 'check-not-run',
  severity: 'warning',
  means: 'What this check looks at is unknown, good or bad; the other checks are not affected.',
} as const

const couldNotRun = (check: Check, error: unknown): Finding => ({
  ...notRun,
  check: check.id,
  message: `${check.id} could not be looked at: ${reasonOf(error)}`,
  mend: error instanceof DbsvcError ? (error.hint ?? null) : null,
  fixable: false,
  fixed: false,
})

const isOpenError = ({ severity, fixed }: Finding): boolean => severity === 'error' && !fixed
