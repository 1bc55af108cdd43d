import type { Redis } from 'ioredis'
import { scan, scanKeys } from './keys.ts'
import { budgetsKey, companyOfKey } from './names.ts'

/**
 * How many keys a company has. Keys may count twice while the server enlarges its table.
 * @param atMost stops counting there
 */
export async function countKeys(client: Redis, company: string, atMost = Number.POSITIVE_INFINITY): Promise<number> {
  let count = 0
  for await (const keys of scanKeys(client, company)) {
    count += keys.length
    if (count >= atMost) return atMost
  }
  return count
}

/**
 * Whether a company has more keys than it may. Most often one cheap question answers it: no company has more keys than the whole
 * server. Else its keys are counted, no further than needed.
 */
export async function isOverBudget(client: Redis, company: string, cacheKeys: number): Promise<boolean> {
  if ((await client.dbsize()) <= cacheKeys) return false
  return (await countKeys(client, company, cacheKeys + 1)) > cacheKeys
}

/** How many keys each company has that has any, in one pass over all keys. */
export async function countAllKeys(client: Redis): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for await (const keys of scan(client, 't:*')) {
    for (const key of keys) {
      const company = companyOfKey(key.toString('latin1'))
      if (company !== null) counts.set(company, (counts.get(company) ?? 0) + 1)
    }
  }
  return counts
}

/** How many keys each company may have, as last put into force; a server that lost its data has forgotten them. */
export async function readBudgets(client: Redis): Promise<Map<string, number>> {
  const budgets = Object.entries(await client.hgetall(budgetsKey))
  return new Map(budgets.map(([company, cacheKeys]) => [company, Number(cacheKeys)]))
}

/** A company with more keys than it may have. */
export interface OverBudget {
  readonly company: string
  readonly keys: number
  readonly cacheKeys: number
}

/** Every company that is over its budget; cheap while the whole server has fewer keys than the smallest budget. */
export async function findOverBudget(client: Redis): Promise<OverBudget[]> {
  const budgets = await readBudgets(client)
  if (budgets.size === 0 || (await client.dbsize()) <= Math.min(...budgets.values())) return []
  const counts = await countAllKeys(client)
  return [...budgets].flatMap(([company, cacheKeys]) => {
    const keys = counts.get(company) ?? 0
    return keys > cacheKeys ? [{ company, keys, cacheKeys }] : []
  })
}
