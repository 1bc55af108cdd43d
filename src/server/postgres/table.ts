import type pg from 'pg'
import type { TableResult } from '../../core/routing/cells.ts'
import { typeOf } from '../../engines/postgres/values/kinds.ts'

/** @param result of a statement in row mode `text` */
export function tableOf({ fields, rows, rowCount, command }: pg.QueryResult): TableResult {
  return {
    columns: columnsOf(fields),
    // Rows in text mode are arrays of text.
    rows: rows as unknown as TableResult['rows'],
    rowCount: rowCount ?? rows.length,
    command,
  }
}

export const columnsOf = (fields: readonly pg.FieldDef[]): TableResult['columns'] =>
  fields.map(({ name, dataTypeID }) => {
    const { name: type, kind, list } = typeOf(dataTypeID)
    return { name, type, kind, list }
  })
