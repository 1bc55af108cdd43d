import { openSecretStore } from '../config/secret-store.ts'
import { ensureContextKey } from '../engines/postgres/context/key-ring.ts'
import { setUpControl } from '../engines/postgres/control.ts'
import { clusterName } from '../engines/postgres/migration/render.ts'
import { ensureServicePassword } from '../engines/postgres/service-password.ts'
import type { Session } from './session.ts'

/** Makes a cluster ready for dbsvc, or does nothing: control schema, context key, the shared role's password. */
export async function setUpCluster(session: Session, onWarning: (text: string) => void): Promise<readonly string[]> {
  const { client, project, loaded } = session
  const applied = await setUpControl(client, session.place, onWarning)
  const store = openSecretStore(project.secrets)
  await ensureContextKey(client, store, clusterName)
  await ensureServicePassword(client, store, loaded.config.postgres.servicePassword, onWarning)
  return applied
}
