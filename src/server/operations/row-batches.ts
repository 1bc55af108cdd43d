import { DbsvcError } from '../../core/errors/error.ts'
import type { Cell } from '../../core/routing/cells.ts'

export type Row = readonly Cell[]

const batchRows = 2_000
const batchCharacters = 1024 * 1024

/** Rows in batches that the database takes at once. @throws DBS-2001 a row has another number of cells */
export async function* batched(
  width: number,
  rows: Iterable<Row> | AsyncIterable<Row>,
): AsyncGenerator<readonly Row[]> {
  let batch: Row[] = []
  let characters = 0
  let number = 0
  for await (const row of rows) {
    number += 1
    if (row.length !== width) {
      const reason = `row ${number} has ${row.length} values, and there are ${width} columns`
      throw DbsvcError.of('DBS-2001', { reason })
    }
    batch.push(row)
    for (const cell of row) characters += cell?.length ?? 0
    if (batch.length < batchRows && characters < batchCharacters) continue
    yield batch
    batch = []
    characters = 0
  }
  if (batch.length > 0) yield batch
}
