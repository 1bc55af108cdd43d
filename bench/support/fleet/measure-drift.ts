import type { Binary } from '../binary.ts'
import { withClient } from '../database.ts'
import { metered, peakMb } from '../peak-memory.ts'
import { resultOf, runDbsvc } from '../run-dbsvc.ts'
import type { Fleet } from './fleet.ts'

/** For 10,000 companies. */
export const driftLimits = { seconds: 60, peakMb: 300 }

export interface DriftCost {
  readonly seconds: number
  readonly peakMb: number
}

const outliers = 10

/** Breaks ten companies, each in another way, so that each is an outlier whose details are fetched. */
export async function breakSome({ companies, database }: Fleet): Promise<void> {
  await withClient(database, async (client) => {
    for (const [index, company] of companies.slice(0, outliers).entries())
      await client.query(`alter table tenant_${company}.users add column drift_${index} text`)
  })
}

/** @throws when it does not find exactly the broken ones */
export async function measureDrift(binary: Binary, { companies, project }: Fleet): Promise<DriftCost> {
  const run = await runDbsvc(binary, project, ['drift', '--json'], { ...metered, expected: [1] })
  const found = resultOf<{ targets: number; drifted: number }>(run)
  if (found.drifted !== Math.min(outliers, companies.length) || found.targets !== companies.length) {
    throw new Error(`drift found ${found.drifted} of ${found.targets} companies`)
  }
  return { seconds: run.milliseconds / 1000, peakMb: peakMb(run) }
}
