import pg from 'pg'

/** pg's Result while it is being filled; its published types lack the methods. */
export interface GrowingResult extends pg.QueryResult<pg.QueryResultRow> {
  addFields(fields: pg.FieldDef[]): void
  /** Converts one row by the types of its columns. Throws what a type's parser throws. */
  parseRow(values: (string | null)[]): pg.QueryResultRow
  addCommandComplete(message: { text: string }): void
}

/** Rows as objects, as arrays of values, or as arrays of the server's own text. */
export type RowMode = 'object' | 'array' | 'text'

const asText = { getTypeParser: () => (value: string) => value } as unknown as typeof pg.types

export const newResult = (rowMode: RowMode): GrowingResult =>
  new pg.Result(
    rowMode === 'object' ? 'object' : 'array',
    rowMode === 'text' ? asText : pg.types,
  ) as unknown as GrowingResult
