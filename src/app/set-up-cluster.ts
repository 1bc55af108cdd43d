import { ensureContextKey } from '../engines/postgres/context/key-ring.ts'
import { setUpControl } from '../engines/postgres/control.ts'
import { ensurePasswords } from '../engines/postgres/logins.ts'
import { clusterName } from '../engines/postgres/migration/render.ts'
import { renewPolicies } from '../engines/postgres/renew-policies.ts'
import { ensureSharedTempFileLimit } from '../engines/postgres/shared-limits.ts'
import { largestTempFileKb } from './company/limits.ts'
import type { Session } from './session.ts'

type Warn = (text: string) => void

/** Makes a cluster ready for dbsvc, or does nothing: control schema, policies of an earlier one, context key, passwords of the logins. */
export async function setUpCluster(session: Session, onWarning: Warn): Promise<readonly string[]> {
  const applied = await setUpControlOf(session, onWarning)
  await setUpRest(session, onWarning)
  return applied
}

/** The first part of it: the control schema, in which the fleet is found. */
export const setUpControlOf = ({ client, place }: Session, onWarning: Warn): Promise<readonly string[]> =>
  setUpControl(client, place, onWarning)

/** The second part of it: all but the control schema. */
export async function setUpRest(session: Session, onWarning: Warn): Promise<void> {
  const { client, project, loaded } = session
  const left = await renewPolicies(client)
  if (left.length > 0) {
    onWarning(
      `tables of ${left.join(', ')} are in use: they keep their policies, which protect as well, until the next run`,
    )
  }
  const store = project.secretStore
  await ensureContextKey(client, store, clusterName)
  await ensurePasswords(client, store, loaded.config.postgres, onWarning)
  await ensureSharedTempFileLimit(client, largestTempFileKb(loaded))
}
