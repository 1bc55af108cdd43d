import type { StoreObservation } from '../../store.ts'
import { findOverBudget } from '../budget.ts'
import type { Session } from '../session.ts'

export async function observeBudgets({ client, place }: Session): Promise<StoreObservation[]> {
  return (await findOverBudget(client)).map(({ company, keys, cacheKeys }) => ({
    id: 'dragonfly-over-budget',
    severity: 'warning',
    message: `${company} has ${keys} keys at ${place}; it may have ${cacheKeys}`,
    means: 'the server does not hold companies to their number of keys; this one takes the memory of others',
    mend: `dbsvc tenant set ${company} --tier …, or let keys expire`,
  }))
}
