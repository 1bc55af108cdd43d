import type { ObjectKind, Structure, StructureObject } from '../../../../core/structure/object.ts'
import { describeObject } from '../../../../core/structure/object.ts'
import type { Dependency } from '../read.ts'
import { renderCreate, renderOwnedBy } from './create.ts'
import { renderAlone } from './place-holder.ts'
import { byKindAndName, isStandalone, sortByNeed } from './sort.ts'
import { isInline, isPartOfTable } from './table.ts'
import { renderTimeSeries, unfoldTimeSeries } from './time-series.ts'

export interface DumpOptions {
  /** With owners, grants, row security and the policies that dbsvc adds; otherwise without, and dbsvc adds them again. */
  readonly protections: boolean
}

const access: readonly ObjectKind[] = ['owner', 'grant', 'column grant', 'default privilege', 'row security']
const dbsvcPolicies = ['company_isolation', 'company_proof', 'owner_access', 'user_update', 'user_delete']

// Each kind after what it may stand on.
const following: readonly ObjectKind[] = [
  'constraint',
  'index',
  'statistics',
  'rule',
  'trigger',
  'trigger state',
  'option',
  'row security',
  'policy',
  'default privilege',
  'owner',
  'grant',
  'column grant',
  'comment',
]

/**
 * The SQL that makes a structure in an empty schema that search_path begins with: no schema is named, the order is by kind and
 * name as far as one thing does not need another, and the same structure always gives the same text.
 */
export function renderDump(
  structure: Structure,
  dependencies: readonly Dependency[],
  { protections }: DumpOptions,
): string {
  const series = renderTimeSeries(structure)
  const unfolded = unfoldTimeSeries(structure)
  const kept = unfolded.filter((object) => protections || !isProtection(object))
  const statements: string[] = []
  const add = (sql: string | null): void => void (sql !== null && statements.push(renderAlone(sql)))
  const indexesOf = (table: string): StructureObject[] =>
    kept.filter(({ kind, on }) => kind === 'index' && on === table)

  if (kept.some(({ kind }) => kind === 'routine')) add('set local check_function_bodies = off')
  for (const object of sortByNeed(kept.filter(isStandalone), dependencies.map(withoutHidden))) {
    add(renderCreate(object, kept))
    const call = object.kind === 'table' ? series.get(object.name) : undefined
    if (call === undefined) continue
    // Its indexes go over to the private table with it.
    for (const index of indexesOf(object.name)) add(renderCreate(index, kept))
    add(call)
  }
  for (const object of kept.filter(({ kind }) => kind === 'sequence')) add(renderOwnedBy(object))
  if (protections) for (const sql of renderClosed(kept)) add(sql)
  for (const kind of following) {
    const objects = kept.filter((object) => object.kind === kind && !isPartOfTable(object) && !isInline(object))
    const own = objects.filter((object) => !(kind === 'index' && series.has(object.on)))
    for (const object of own.sort(byKindAndName)) add(renderCreate(object, kept))
  }
  const others = kept.filter(({ kind }) => kind === 'other').map((object) => `-- not dumped: ${describeObject(object)}`)
  return [...statements, ...others].map((statement) => `${statement}\n`).join('\n')
}

/** What dbsvc.protect and dbsvc's own provisioning lay over a schema. */
function isProtection({ kind, name }: StructureObject): boolean {
  if (kind === 'policy') return dbsvcPolicies.includes(name)
  if (kind === 'option') return name === 'security_invoker'
  return access.includes(kind)
}

/** Everybody may execute a new routine and use a new type, unless the maker's default privileges say otherwise. */
function renderClosed(structure: Structure): string[] {
  const open = new Set(structure.filter(({ kind, name }) => kind === 'grant' && name === 'public').map(({ on }) => on))
  return structure
    .filter(({ kind }) => kind === 'routine' || kind === 'type')
    .map(({ kind, name }) => `${kind} ${name}`)
    .filter((noun) => !open.has(noun))
    .map((noun) => `revoke all on ${noun} from public`)
}

const withoutHidden = ({ dependent, needed }: Dependency): Dependency => ({
  dependent: dependent.replace(/ private_(?:\{company\}|shared)\./, ' '),
  needed: needed.replace(/ private_(?:\{company\}|shared)\./, ' '),
})
