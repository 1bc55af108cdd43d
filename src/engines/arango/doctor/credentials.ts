import type { StoreObservation } from '../../store.ts'
import { anyAnswer } from '../connection/database.ts'
import { refusalBehind } from '../connection/failure.ts'
import type { ArangoServer } from '../connection/server.ts'

// No user has such a name; a server that asks nobody who he is does not mind.
const nobody = 'dbsvc_nobody'

/** Whether somebody gets in who should not. */
export async function examineCredentials(server: ArangoServer): Promise<StoreObservation[]> {
  if (await letsIn(server, nobody, 'x')) {
    return [
      {
        id: 'arango-authentication-off',
        severity: 'error',
        message: `ArangoDB at ${server.place} asks nobody for a password`,
        means: 'whoever reaches the port reads and changes the data of every company',
        mend: 'start arangod with --server.authentication true',
      },
    ]
  }
  if (!(await letsIn(server, 'root', ''))) return []
  return [
    {
      id: 'arango-root-without-password',
      severity: 'error',
      message: `user root of ArangoDB at ${server.place} has no password`,
      means: 'whoever reaches the port is an administrator, over every company',
      mend: `arangosh --server.endpoint http://${server.place} --javascript.execute-string 'require("@arangodb/users").update("root", "<password>")'`,
    },
  ]
}

async function letsIn(server: ArangoServer, user: string, password: string): Promise<boolean> {
  const other = server.as(user, password)
  try {
    await other.system.send({ path: '/_api/version' }, anyAnswer)
    return true
  } catch (error) {
    const { status } = refusalBehind(error) ?? {}
    if (status === 401 || status === 403) return false
    throw error
  } finally {
    other.close()
  }
}
