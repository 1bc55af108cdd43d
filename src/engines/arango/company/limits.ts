import type { TierLimits } from '../../../core/company/tier.ts'
import { type ArangoDatabase, anyAnswer } from '../connection/database.ts'
import { queryLimits } from '../query-limits.ts'

/**
 * Runs the least query with a company's limits, to know that the server takes them: one may be set up to refuse a query that asks
 * for more memory than others (`--query.memory-limit-override`). There is nothing to put into force: a server keeps no limits for
 * a user, they go along with each query, so that the next one has them.
 */
export async function tryLimits(database: ArangoDatabase, limits: TierLimits): Promise<void> {
  const body = { query: 'RETURN 1', ...queryLimits(limits) }
  await database.send({ method: 'POST', path: '/_api/cursor', body }, anyAnswer)
}
