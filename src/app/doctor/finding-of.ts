import type { Finding } from '../../core/doctor/finding.ts'
import { reasonOf } from '../../core/errors/error.ts'
import type { Check, Observation } from './check.ts'

interface Mending {
  readonly fix: boolean
  readonly onWarning: (text: string) => void
}

/** Makes a finding of what a check has seen, and mends it where that is asked for. */
export async function findingOf(check: Check, observation: Observation, mending: Mending): Promise<Finding> {
  const { id, message, means, mend, fix, fixed } = observation
  const info = check.findings[id]
  if (info === undefined) throw new Error(`check ${check.id} does not declare ${id}`)
  return {
    id,
    check: check.id,
    severity: info.severity,
    message,
    means: means ?? info.means,
    mend,
    fixable: info.fix !== undefined || fix !== undefined,
    fixed: fixed ?? (mending.fix && fix !== undefined && (await mendBy(fix, message, mending))),
  }
}

async function mendBy(fix: () => Promise<void>, message: string, { onWarning }: Mending): Promise<boolean> {
  try {
    await fix()
    return true
  } catch (error) {
    onWarning(`not mended: ${message}: ${reasonOf(error)}`)
    return false
  }
}
