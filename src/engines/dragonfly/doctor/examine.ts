import type { StoreObservation } from '../../store.ts'
import type { Session } from '../session.ts'
import { observeBudgets } from './budgets.ts'
import { observeDefaultUser } from './default-user.ts'
import { observeMemory } from './memory.ts'
import { observePersistence } from './persistence.ts'
import { observeUsers } from './users.ts'

/** Everything that can be seen without knowing which companies there should be. */
export async function examine(session: Session): Promise<StoreObservation[]> {
  const found = [
    await observeDefaultUser(session),
    await observeUsers(session),
    await observePersistence(session),
    await observeMemory(session),
    await observeBudgets(session),
  ]
  return found.flat()
}
