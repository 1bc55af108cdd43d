import type { StoreObservation } from '../../store.ts'
import { hasUsersFile, readSetting } from '../save-users.ts'
import type { Session } from '../session.ts'

/** What a restart would lose. */
export async function observePersistence({ client, place, server }: Session): Promise<StoreObservation[]> {
  const found: StoreObservation[] = []
  if ((await hasUsersFile(client)) === false) {
    found.push({
      id: 'dragonfly-users-unsaved',
      severity: 'warning',
      message: `${place} has no ACL file`,
      means: 'when it restarts, no company can connect until dbsvc has made the users again',
      mend: 'start the server with aclfile set, then run dbsvc doctor again',
    })
  }
  if (server.nodes > 1) {
    found.push({
      id: 'dragonfly-cluster',
      severity: 'error',
      message: `${place} is one of ${server.nodes} nodes of a cluster`,
      means:
        'users and keys on its other nodes are not looked after: companies cannot connect there, and keys stay behind',
      mend: null,
    })
  }
  // Null where the server does not have the setting, as DragonflyDB has no append-only file.
  const [save, appendOnly, cron] = [
    await readSetting(client, 'save'),
    await readSetting(client, 'appendonly'),
    await readSetting(client, 'snapshot_cron'),
  ]
  if ((save ?? '') === '' && appendOnly !== 'yes' && (cron ?? '') === '') {
    found.push({
      id: 'dragonfly-keys-unsaved',
      severity: 'info',
      message: `${place} keeps keys in memory only`,
      means: 'a restart empties every company, and forgets their budgets until the next dbsvc tenant set',
      mend: null,
    })
  }
  return found
}
