import type { Cell, ResultColumn, TableResult, ValueKind } from '../../../core/routing/cells.ts'
import type { Session, StatementOptions } from '../connection/session.ts'
import { columnOf } from './type.ts'

const mostBytes = 64 * 2 ** 20

// The last: once it is set, a session takes no other.
export const readonly = { readonly: 1 }

/** Settings by which every value comes without loss. */
export const exact = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  output_format_json_quote_64bit_floats: 0,
  output_format_json_quote_denormals: 1,
  date_time_output_format: 'iso',
}

/** Reads rows, at most 64 MiB of them. @throws what the client throws */
export async function readTable(session: Session, sql: string, options: StatementOptions): Promise<TableResult> {
  const settings = { ...exact, max_result_bytes: mostBytes, ...options.settings, ...readonly }
  const text = await session.text(sql, 'JSONCompactEachRowWithNamesAndTypes', { ...options, settings })
  const [names = [], types = [], ...rows] = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown[])
  const columns = names.map((name, at) => columnOf(String(name), String(types[at])))
  return {
    columns,
    rows: rows.map((row) => row.map((value, at) => cellOf(value, columns[at] as ResultColumn))),
    rowCount: rows.length,
    command: 'SELECT',
  }
}

const denormals: Readonly<Record<string, string>> = { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' }

const writers: Partial<Record<ValueKind, (value: unknown) => string>> = {
  json: (value) => JSON.stringify(value),
  bool: (value) => (value === true ? 't' : 'f'),
  float: (value) => denormals[String(value)] ?? String(value),
  // 2026-01-02T03:04:05.678Z, always UTC.
  timestamptz: (value) => String(value).replace('T', ' ').replace(/Z$/, '+00'),
}

/** In the text that PostgreSQL would write, so that there is one for each kind of value. */
export function cellOf(value: unknown, { kind }: ResultColumn): Cell {
  if (value === null) return null
  return writers[kind]?.(value) ?? String(value)
}
