import { prefixLengthOf } from '../../core/migration/history.ts'
import { inspectControl } from '../../engines/postgres/control.ts'
import { readGroups, type TargetGroup } from '../../engines/postgres/migration/ledger.ts'
import { readOutliers, type StandingTarget } from '../../engines/postgres/migration/outliers.ts'
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
  /** How many of them failed the last time one was tried. */
  readonly failed: number
  /** Its companies, by id; null for the most numerous group of companies where not all were asked for. */
  readonly companies: readonly StandingTarget[] | null
}

export interface Status {
  readonly place: string
  /** Versions in the folders, by scope. */
  readonly latest: { readonly shared: string | null; readonly tenant: string | null }
  /** Control migrations that this dbsvc has and the cluster lacks. */
  readonly controlPending: number
  readonly groups: readonly StatusGroup[]
}

/** Where every target stands, in a constant number of queries. `all` lists the companies of the most numerous group too. */
export async function migrationStatus(session: Session, all: boolean): Promise<Status> {
  const { client, place } = session
  const folders = await readFolders(session.project)
  const control = await inspectControl(client)
  const latest = { shared: folders.shared.at(-1)?.version ?? null, tenant: folders.tenant.at(-1)?.version ?? null }
  const controlPending = control.pending.length
  if (control.applied === 0) return { place, latest, controlPending, groups: [] }
  const found = (await readGroups(client)).filter(({ scope }) => scope !== 'control')
  const majority = all ? undefined : mostNumerous(found)
  const standing = controlPending > 0 ? [] : await readOutliers(client, majority?.history ?? null)
  const groups = found.flatMap((group): StatusGroup[] => {
    const { scope, targets, example, applied, history } = group
    if (scope === 'control') return []
    const prefix = prefixLengthOf(history, folders[scope])
    const members = standing.filter((target) => target.scope === scope && target.history === history)
    return [
      {
        scope,
        version: group.version === '' ? null : group.version,
        targets,
        example,
        applied,
        pending: prefix === undefined ? null : folders[scope].length - prefix,
        failed: members.filter(({ failure }) => failure !== null).length,
        companies: scope === 'tenant' && group !== majority ? members : null,
      },
    ]
  })
  return { place, latest, controlPending, groups }
}

function mostNumerous(groups: readonly TargetGroup[]): TargetGroup | undefined {
  return groups.filter(({ scope }) => scope === 'tenant').toSorted((a, b) => b.targets - a.targets)[0]
}
