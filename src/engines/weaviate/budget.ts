import { countObjects } from './company/count.ts'
import type { Connection } from './connection.ts'
import { readRecord, readRecords } from './record.ts'

/** What a company may have and what it has. Weaviate has no such limit of its own: whoever writes asks this first. */
export interface BudgetState {
  readonly company: string
  readonly objects: number
  /** Null where none is on record. */
  readonly budget: number | null
  /** Whether it has more than it may. At the budget exactly it has all it may, and the next object is too much. */
  readonly over: boolean
}

/** The company's state now, counted exactly; a suspended one has what it had, and counts as 0 here. */
export async function readBudget(connection: Connection, company: string): Promise<BudgetState> {
  const budget = budgetOf(await readRecord(connection, 'company', company))
  const { objects } = await countObjects(connection, company)
  return { company, objects, budget, over: budget !== null && objects > budget }
}

/**
 * The companies over their budget, with one request however many companies there are. Weaviate updates these counts when it writes
 * its memory to disk, so that the objects of the last minute or so may be missing.
 */
export async function findOverBudget(connection: Connection): Promise<readonly BudgetState[]> {
  const budgets = await readRecords(connection, 'company')
  const counts = new Map<string, number>()
  const shards = new Map<string, number>()
  for (const { shards: found } of await connection.client.cluster.nodes({ output: 'verbose' })) {
    for (const { class: className, name, objectCount } of found ?? []) {
      // A replica has the same objects again.
      const key = `${className}\u0000${name}`
      shards.set(key, Math.max(shards.get(key) ?? 0, objectCount))
    }
  }
  for (const [key, objects] of shards) {
    const company = key.slice(key.indexOf('\u0000') + 1)
    counts.set(company, (counts.get(company) ?? 0) + objects)
  }
  return [...budgets].flatMap(([company, value]) => {
    const [objects, budget] = [counts.get(company) ?? 0, budgetOf(value)]
    return budget !== null && objects > budget ? [{ company, objects, budget, over: true }] : []
  })
}

function budgetOf(value: unknown): number | null {
  const budget = typeof value === 'object' && value !== null && 'vectorObjects' in value ? value.vectorObjects : null
  return typeof budget === 'number' ? budget : null
}
