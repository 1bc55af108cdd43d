import type { LoadedConfig } from '../../config/load.ts'
import { checks } from './checks/index.ts'
import { type Diagnosis, type ExamineOptions, examine } from './examine.ts'
import { selectChecks } from './select-checks.ts'

/** Runs the checks named and those they rest on, or all. @throws DBS-1903 for a name that no check has, DBS-1904 interrupted */
export function examineCluster(
  loaded: LoadedConfig,
  { only, ...options }: Omit<ExamineOptions, 'checks'> & { readonly only: readonly string[] },
): Promise<Diagnosis> {
  return examine(loaded, { ...options, checks: selectChecks(checks, only) })
}
