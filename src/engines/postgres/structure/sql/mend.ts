import { type Difference, subjectOf } from '../../../../core/structure/diff.ts'
import {
  describeObject,
  type ObjectKind,
  type Structure,
  type StructureObject,
} from '../../../../core/structure/object.ts'
import { renderCreate, renderOwnedBy } from './create.ts'
import { renderDrop } from './drop.ts'
import { isPartOfTable } from './table.ts'

/** What would turn a structure into the one it is held against. */
export interface Mending {
  /** Run first, as whoever dbsvc connects as: dbsvc_owner may not take what is another's. */
  readonly asAdmin: readonly string[]
  /** Run as dbsvc_owner, as every migration is. */
  readonly asOwner: readonly string[]
  /** What no statement could be derived for. */
  readonly notes: readonly string[]
}

/** Things go in this order, and come in the reverse. */
const goingOrder: readonly ObjectKind[] = [
  'policy',
  'trigger state',
  'trigger',
  'rule',
  'view',
  'index',
  'statistics',
  'constraint',
  'default',
  'not null',
  'column',
  'routine',
  'table',
  'sequence',
  'type',
]
const goingRank = ({ kind }: StructureObject): number =>
  goingOrder.includes(kind) ? goingOrder.indexOf(kind) : goingOrder.length
// Privileges, options and comments belong to what must be there first.
function comingRank(object: StructureObject): number {
  if (object.kind === 'constraint' && object.definition.startsWith('FOREIGN KEY')) return 1
  return goingOrder.includes(object.kind) ? -goingRank(object) : 2
}

/** Derives the statements that mend `differences`; `expected` is the whole structure they were held against. */
export function renderMending(differences: readonly Difference[], expected: Structure): Mending {
  const own = differences.filter((difference) => !followsFromAnother(difference, differences))
  const owners = own.flatMap(({ expected: object }) =>
    object?.kind === 'owner' ? [renderCreate(object, expected) ?? ''] : [],
  )
  const others = own.filter((difference) => subjectOf(difference).kind !== 'owner')
  const changes = others.map((difference) => changeFor(difference, expected))
  const going = changes
    .flatMap(({ object, drop }) => (drop === null ? [] : [{ object, sql: drop }]))
    .sort((a, b) => goingRank(a.object) - goingRank(b.object))
  const coming = changes
    .flatMap((change) => comingOf(change, expected))
    .sort((a, b) => comingRank(a.object) - comingRank(b.object))
  return {
    asAdmin: [...owners, ...going.map(({ sql }) => sql)],
    asOwner: [
      ...new Set(coming.map(({ sql }) => sql)),
      ...coming.flatMap(({ object }) => (object.kind === 'sequence' ? (renderOwnedBy(object) ?? []) : [])),
    ],
    notes: changes.flatMap(({ note }) => (note === null ? [] : [note])),
  }
}

/** What a view had on it went with it when it was dropped to be made again. */
function comingOf({ object, drop, create }: Change, structure: Structure): { object: StructureObject; sql: string }[] {
  if (create === null) return []
  const own = [{ object, sql: create }]
  if (object.kind !== 'view' || drop === null) return own
  const nouns = ['', 'table ', 'view ', 'materialized view '].map((noun) => `${noun}${object.name}`)
  const onIt = structure.filter(({ kind, on }) => kind !== 'owner' && nouns.includes(on))
  return [...own, ...onIt.map((other) => ({ object: other, sql: renderCreate(other, structure) ?? '' }))]
}

interface Change {
  readonly object: StructureObject
  readonly drop: string | null
  readonly create: string | null
  readonly note: string | null
}

function changeFor(difference: Difference, structure: Structure): Change {
  const object = subjectOf(difference)
  const { expected, found } = difference
  const change = (drop: string | null, create: string | null): Change => ({
    object,
    drop,
    create,
    note: drop === null && create === null ? noteOn(difference) : null,
  })
  if (found === null) return change(null, renderCreate(expected, structure))
  if (expected === null) return change(object.kind === 'table' ? null : renderDrop(found), null)
  switch (object.kind) {
    case 'type':
    case 'sequence':
    case 'table':
      return change(null, null)
    case 'column':
      return change(null, renderTypeChange(expected, found))
    case 'routine':
      return change(null, expected.definition.startsWith('aggregate ') ? null : renderCreate(expected, structure))
    case 'view':
      return changeOfView(change, expected, found, structure)
    case 'grant':
    case 'column grant':
    case 'default privilege':
    case 'constraint':
    case 'index':
    case 'policy':
    case 'statistics':
    case 'trigger':
    case 'rule':
      return change(renderDrop(found), renderCreate(expected, structure))
    default:
      return change(null, renderCreate(expected, structure))
  }
}

/** The view of a time series is dbsvc's own, and made again by it. */
function changeOfView(
  change: (drop: string | null, create: string | null) => Change,
  expected: StructureObject,
  found: StructureObject,
  structure: Structure,
): Change {
  const name = `'${expected.name.replaceAll('"', '')}'`
  const isSeries = structure.some((object) => object.kind === 'time series' && object.name === name)
  if (isSeries) return change(null, `select dbsvc.refresh_time_series(${name})`)
  return change(renderDrop(found), renderCreate(expected, structure))
}

/** Types convert by a cast; what makes a column generated, or an identity, does not change so. */
function renderTypeChange({ on, name, definition }: StructureObject, found: StructureObject): string | null {
  if (/ generated (always|by default) as /.test(`${definition} ${found.definition}`)) return null
  const type = definition.replace(/ collate \S+$/, '')
  return `alter table ${on} alter column ${name} type ${definition} using ${name}::${type}`
}

function noteOn({ type, expected, found }: Difference): string {
  const object = (expected ?? found) as StructureObject
  const text = describeObject(object)
  if (type === 'missing') return `missing: ${text} ${expected.definition}`.trimEnd()
  if (type === 'changed') return `${text} is ${found.definition}, not ${expected.definition}`
  if (object.kind === 'table') return `extra: ${text}; if its data may go: drop table ${object.name}`
  return `extra: ${text}`
}

/** A table that is missing comes with its columns; one that is too much has nothing that could be mended. */
function followsFromAnother(difference: Difference, differences: readonly Difference[]): boolean {
  const object = subjectOf(difference)
  return differences.some((other) => {
    if (other === difference || other.type !== difference.type || other.type === 'changed') return false
    const whole = subjectOf(other)
    if (whole.kind === 'column') {
      const facet = object.kind === 'default' || (object.kind === 'not null' && other.type === 'extra')
      return facet && object.on === whole.on && object.name === whole.name
    }
    if (!['table', 'view', 'sequence', 'routine', 'type'].includes(whole.kind)) return false
    const named = whole.kind === 'view' || whole.kind === 'sequence' ? ['table', whole.kind] : [whole.kind]
    const belongs = object.on === whole.name || named.some((noun) => object.on === `${noun} ${whole.name}`)
    if (!belongs) return false
    return other.type === 'extra' || isPartOfTable(object) || object.kind === 'owner'
  })
}
