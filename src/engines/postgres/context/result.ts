import pg from 'pg'

/** pg's Result while it is being filled; its published types lack the methods. */
export interface GrowingResult extends pg.QueryResult<pg.QueryResultRow> {
  addFields(fields: pg.FieldDef[]): void
  /** Converts one row by the types of its columns. Throws what a type's parser throws. */
  parseRow(values: (string | null)[]): pg.QueryResultRow
  addCommandComplete(message: { text: string }): void
}

export const newResult = (rowMode: 'object' | 'array'): GrowingResult =>
  new pg.Result(rowMode, pg.types) as unknown as GrowingResult
