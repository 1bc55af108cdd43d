import type { Cell, ResultColumn, TableResult, ValueKind } from '../../core/routing/cells.ts'
import { isoDuration, isoTime } from '../../core/values/iso-8601.ts'
import { type CellList, parseList } from '../../core/values/list-text.ts'

type Write = (text: string) => string

const asIs: Write = (text) => text
const quoted: Write = (text) => `"${text}"`
const writeText: Write = (text) => JSON.stringify(text)

/** JSON of a value by its kind, from the text that the engine wrote; docs/values.md lists the shapes. */
const writers: Readonly<Record<ValueKind, Write>> = {
  bool: (text) => (text === 't' ? 'true' : 'false'),
  int: asIs,
  int64: quoted,
  bigint: quoted,
  // NaN, Infinity and -Infinity are no numbers of JSON.
  float: (text) => (/^-?\d/.test(text) ? text : quoted(text)),
  numeric: quoted,
  text: writeText,
  bytes: (text) => quoted(bytesOf(text).toString('base64')),
  timestamptz: (text) => quoted(isoTime(text, 'timestamptz')),
  timestamp: (text) => quoted(isoTime(text, 'timestamp')),
  date: writeText,
  time: writeText,
  interval: (text) => quoted(isoDuration(text)),
  // A line break in it stands between tokens, and would end a line of NDJSON.
  json: (text) => (/[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, ' ') : text),
}

/** What PostgreSQL writes as `\x6162`. */
export const bytesOf = (text: string): Buffer => Buffer.from(text.slice(2), 'hex')

/** Writes the cells of a column as JSON. */
export function cellWriter({ kind, list }: Pick<ResultColumn, 'kind' | 'list'>): (cell: Cell) => string {
  const write = writers[kind]
  const writeOne = (cell: Cell): string => (cell === null ? 'null' : write(cell))
  if (!list) return writeOne
  const writeItem = (item: Cell | CellList): string =>
    typeof item === 'object' && item !== null ? `[${item.map(writeItem).join(',')}]` : writeOne(item)
  return (cell) => (cell === null ? 'null' : writeItem(parseList(cell)))
}

/** Writes rows as JSON arrays, each on one line. */
export function rowWriter(columns: readonly ResultColumn[]): (row: readonly Cell[]) => string {
  const cells = columns.map(cellWriter)
  return (row) => `[${row.map((cell, at) => cells[at]?.(cell) ?? 'null').join(',')}]`
}

export const columnsJson = (columns: readonly ResultColumn[]): string =>
  JSON.stringify(columns.map(({ name, type }) => ({ name, type })))

/** The members of a result, without the braces around them. */
export function tableJson({ columns, rows, rowCount, command }: TableResult): string {
  const lines = rows.map(rowWriter(columns)).join(',')
  return `"columns":${columnsJson(columns)},"rows":[${lines}],"row_count":${rowCount},"command":${JSON.stringify(command)}`
}
