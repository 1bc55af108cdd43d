import type { StoreObservation } from '../../store.ts'
import { readUser } from '../acl/user.ts'
import { readSetting } from '../save-users.ts'
import type { Session } from '../session.ts'

/** Every connection begins as the user `default`: without a password, whoever reaches the port is that user. */
export async function observeDefaultUser({ client, place }: Session): Promise<StoreObservation[]> {
  const user = await readUser(client, 'default')
  if (user === null || !user.isOn || user.needsPassword) return []
  const isProtected = (await readSetting(client, 'protected-mode')) === 'yes'
  return [
    {
      id: 'dragonfly-open-default-user',
      severity: isProtected ? 'warning' : 'error',
      message: `the user default of ${place} has no password`,
      means: isProtected
        ? 'everybody on that machine reads and writes the keys of every company; protected mode keeps others out'
        : 'whoever reaches the port reads and writes the keys of every company',
      mend: 'give it one in the ACL file or by requirepass, and set dragonfly.password to it',
    },
  ]
}
