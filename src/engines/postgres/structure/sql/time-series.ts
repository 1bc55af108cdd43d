import type { Structure, StructureObject } from '../../../../core/structure/object.ts'

/**
 * A structure as its migrations would have had it before dbsvc.create_time_series: the private table under its own name, and
 * nothing of the view that stands for it since.
 */
export function unfoldTimeSeries(structure: Structure): Structure {
  const names = new Set(seriesOf(structure).map(plainName))
  if (names.size === 0) return structure
  return structure.flatMap((object): StructureObject[] => {
    const hidden = hiddenTableOf(object)
    if (hidden !== undefined) return names.has(hidden) && !isMade(object) ? [plain(object, hidden)] : []
    return isOfView(object, names) ? [] : [object]
  })
}

/** The calls that make tables into time series, by table. */
export function renderTimeSeries(structure: Structure): Map<string, string> {
  return new Map(
    seriesOf(structure).map((object) => [
      plainName(object),
      `select dbsvc.create_time_series(${object.name}, ${object.definition})`,
    ]),
  )
}

const seriesOf = (structure: Structure): StructureObject[] =>
  structure.filter((object) => object.kind === 'time series')

/** The name is a literal; as an identifier it may need quotes, as the table's own name shows it. */
function plainName({ name }: StructureObject): string {
  const text = name.slice(1, -1).replaceAll("''", "'")
  return /^[a-z_][a-z0-9_]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`
}

const hiddenPattern = /^(?:(?:table|view|column|sequence) )?private_(?:\{company\}|shared)\.([\s\S]*)$/

function hiddenTableOf(object: StructureObject): string | undefined {
  const match = hiddenPattern.exec(object.on === '' ? object.name : object.on)
  return match?.[1]?.replace(/^("[^"]*"|[^.]*)\.[\s\S]*$/, '$1')
}

function plain(object: StructureObject, table: string): StructureObject {
  const without = (text: string): string => text.replace(/private_(?:\{company\}|shared)\./, '')
  if (object.kind === 'table') return { ...object, name: table, definition: '' }
  return { ...object, on: without(object.on), name: without(object.name) }
}

/** What create_time_series, or TimescaleDB behind it, has made itself. */
function isMade({ kind, name }: StructureObject): boolean {
  return ['owner', 'grant', 'row security', 'policy'].includes(kind) || name === 'ts_insert_blocker'
}

function isOfView({ kind, on, name }: StructureObject, names: ReadonlySet<string>): boolean {
  if (kind === 'view') return names.has(name)
  const match = /^(?:table|view) ([\s\S]*)$/.exec(on)
  return match !== null && names.has(match[1] ?? '')
}
