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
 * The companies over their budget. Counted exactly while there are few enough of them; beyond that with one request for all, which is a
 * lower bound: the nodes leave out what has not been written to disk yet, mostly the last minute, and tenants that nobody has asked
 * for since the server was started, and to load those for a count would take their memory.
 */
export async function findOverBudget(connection: Connection, exactUpTo = 100): Promise<readonly BudgetState[]> {
  const budgets = await readRecords(connection, 'company')
  const counts =
    budgets.size <= exactUpTo ? await countEach(connection, budgets.keys()) : await countByNodes(connection)
  return [...budgets].flatMap(([company, value]) => {
    const [objects, budget] = [counts.get(company) ?? 0, budgetOf(value)]
    return budget !== null && objects > budget ? [{ company, objects, budget, over: true }] : []
  })
}

async function countEach(connection: Connection, companies: Iterable<string>): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const company of companies) counts.set(company, (await countObjects(connection, company)).objects)
  return counts
}

async function countByNodes({ client }: Connection): Promise<ReadonlyMap<string, number>> {
  const shards = new Map<string, { readonly company: string; readonly objects: number }>()
  for (const { shards: found } of await client.cluster.nodes({ output: 'verbose' })) {
    for (const { class: className, name: company, objectCount } of found ?? []) {
      // A replica has the same objects again.
      const key = `${className}\u0000${company}`
      shards.set(key, { company, objects: Math.max(shards.get(key)?.objects ?? 0, objectCount) })
    }
  }
  const counts = new Map<string, number>()
  for (const { company, objects } of shards.values()) counts.set(company, (counts.get(company) ?? 0) + objects)
  return counts
}

function budgetOf(value: unknown): number | null {
  const budget = typeof value === 'object' && value !== null && 'vectorObjects' in value ? value.vectorObjects : null
  return typeof budget === 'number' ? budget : null
}
