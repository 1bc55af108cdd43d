import { prefixLengthOf } from '../../core/migration/history.ts'
import { inspectControl } from '../../engines/postgres/control.ts'
import { readGroups } from '../../engines/postgres/migration/ledger.ts'
import type { Session } from '../session.ts'
import { readFolders } from './fleet.ts'

/** Targets that stand at the same place. */
export interface StatusGroup {
  readonly scope: string
  readonly version: string | null
  readonly targets: number
  readonly example: string
  readonly applied: number
  /** How many of the folder's migrations these targets lack; null when their history is not the folder's. */
  readonly pending: number | null
}

export interface Status {
  readonly place: string
  /** Versions in the folders, by scope. */
  readonly latest: { readonly shared: string | null; readonly tenant: string | null }
  /** Control migrations that this dbsvc has and the cluster lacks. */
  readonly controlPending: number
  readonly groups: readonly StatusGroup[]
}

/** Where every target stands, in a constant number of queries. */
export async function migrationStatus(session: Session): Promise<Status> {
  const { client, place } = session
  const folders = await readFolders(session.project)
  const control = await inspectControl(client)
  const latest = { shared: folders.shared.at(-1)?.version ?? null, tenant: folders.tenant.at(-1)?.version ?? null }
  const controlPending = control.pending.length
  if (control.applied === 0) return { place, latest, controlPending, groups: [] }
  const groups = (await readGroups(client)).flatMap((group): StatusGroup[] => {
    const { scope, targets, example, applied } = group
    if (scope === 'control') return []
    const prefix = prefixLengthOf(group.history, folders[scope])
    const pending = prefix === undefined ? null : folders[scope].length - prefix
    return [{ scope, version: group.version === '' ? null : group.version, targets, example, applied, pending }]
  })
  return { place, latest, controlPending, groups }
}
