import { createHash } from 'node:crypto'
import { seededRandom } from '../../../test/support/seeded-random.ts'
import { withClient } from '../database.ts'
import type { Contender } from './contender.ts'
import { type Workload, workloads } from './workloads.ts'
import type { World } from './world.ts'

const companiesLookedAt = 20

/** One digest of the rows that all contenders answer alike. @throws when they do not */
export async function compareRows(contenders: readonly Contender[], { companies }: World): Promise<string> {
  const digests = new Map<string, string>()
  for (const contender of contenders) {
    const hash = createHash('sha256')
    for (const company of companies.slice(0, companiesLookedAt)) {
      for (const workload of [workloads.w1, workloads.w2]) hash.update(await rowsOf(contender, company, workload))
    }
    digests.set(contender.name, hash.digest('hex'))
  }
  const [first = ''] = digests.values()
  if ([...digests.values()].every((digest) => digest === first)) return first
  throw new Error(`the contenders answer with different rows: ${JSON.stringify([...digests])}`)
}

async function rowsOf(contender: Contender, company: string, workload: Workload): Promise<string> {
  const rows = await contender.ask(company, workload, workload.values(seededRandom(7)))
  if (rows.length !== workload.rows) throw new Error(`${contender.name} found ${rows.length} rows of ${company}`)
  return JSON.stringify([company, rows])
}

/** What W3 has inserted, as the owner of the tables sees it. */
export async function countInserted({ database, companies }: World): Promise<number> {
  return withClient(database, async (client) => {
    let sum = 0
    for (const company of companies) {
      const { rows } = await client.query<{ count: string }>(`select count(*) from tenant_${company}.trading_signals`)
      sum += Number(rows[0]?.count)
    }
    return sum
  })
}
