import type { Check, FindingInfo } from './check.ts'
import { checks } from './checks/index.ts'
import { selectChecks } from './select-checks.ts'

/** What is told of a check without running it. */
export interface CheckInfo extends Pick<Check, 'id' | 'engine' | 'summary'> {
  /** The check that it rests on, or null. */
  readonly needs: string | null
  readonly findings: readonly (Required<Pick<FindingInfo, 'severity' | 'means'>> & {
    readonly id: string
    readonly fix: 'asked' | 'always' | null
  })[]
}

/** The checks named and those they rest on, or all. @throws DBS-1903 for a name that no check has */
export function describeChecks(only: readonly string[]): CheckInfo[] {
  return selectChecks(checks, only).map(({ id, engine, summary, needs, findings }) => ({
    id,
    engine,
    summary,
    needs: needs ?? null,
    findings: Object.entries(findings).map(([finding, { severity, means, fix }]) => ({
      id: finding,
      severity,
      means,
      fix: fix ?? null,
    })),
  }))
}
