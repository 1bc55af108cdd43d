import { ensureContextKey } from '../engines/postgres/context/key-ring.ts'
import { setUpControl } from '../engines/postgres/control.ts'
import { ensurePasswords } from '../engines/postgres/logins.ts'
import { clusterName } from '../engines/postgres/migration/render.ts'
import type { Session } from './session.ts'

/** Makes a cluster ready for dbsvc, or does nothing: control schema, context key, passwords of the logins. */
export async function setUpCluster(session: Session, onWarning: (text: string) => void): Promise<readonly string[]> {
  const { client, project, loaded } = session
  const applied = await setUpControl(client, session.place, onWarning)
  const store = project.secretStore
  await ensureContextKey(client, store, clusterName)
  await ensurePasswords(client, store, loaded.config.postgres, onWarning)
  return applied
}
