import type { MessageInitShape } from '@bufbuild/protobuf'
import type { ResultColumn, TableResult } from '../../core/routing/cells.ts'
import type { Call } from '../call.ts'
import type { ResponseInfoSchema } from '../contract/dbsvc/v1/query_pb.js'
import type { RowSchema } from '../contract/dbsvc/v1/value_pb.js'
import type { Origin } from '../operations/query.ts'
import { numberOfCategory, numberOfEngine, numberOfSource } from './names.ts'
import { encodeCell } from './values.ts'

export const columnsOf = (columns: readonly ResultColumn[]) => columns.map(({ name, type }) => ({ name, type }))

export const rowsOf = (
  rows: TableResult['rows'],
  columns: readonly ResultColumn[],
): MessageInitShape<typeof RowSchema>[] =>
  rows.map((row) => ({ values: row.map((cell, at) => encodeCell(cell, columns[at] as ResultColumn)) }))

export const tableOf = (table: TableResult) => ({
  columns: columnsOf(table.columns),
  rows: rowsOf(table.rows, table.columns),
  rowCount: BigInt(table.rowCount),
  command: table.command,
})

export const infoOf = (
  { requestId, arrivedAt }: Call,
  { database, category, source, ageMs }: Origin,
): MessageInitShape<typeof ResponseInfoSchema> => ({
  requestId,
  database: numberOfEngine(database),
  category: numberOfCategory(category),
  source: numberOfSource(source),
  ageMs: Math.round(ageMs ?? 0),
  durationMs: performance.now() - arrivedAt,
})
