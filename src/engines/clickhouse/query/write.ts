import type { Cell, TableResult } from '../../../core/routing/cells.ts'
import type { Session, StatementOptions } from '../connection/session.ts'
import { quoteName } from '../sql/quote.ts'

/**
 * Runs one INSERT. Its row count is 0 where the engine does not tell.
 * @param token the same INSERT with it again adds nothing, in tables that remember their inserts (`non_replicated_deduplication_window`)
 * @throws what the client throws
 */
export async function insertRows(
  session: Session,
  sql: string,
  token: string | null,
  options: StatementOptions,
): Promise<TableResult> {
  const settings = {
    date_time_input_format: 'best_effort',
    ...options.settings,
    ...(token === null ? {} : { insert_deduplication_token: token }),
  }
  const written = await session.run(sql, { ...options, settings })
  return { columns: [], rows: [], rowCount: written ?? 0, command: 'INSERT' }
}

/** An INSERT up to where its rows begin. */
export const insertHead = (table: string, columns: readonly string[]): string =>
  `insert into ${quoteName(table)} (${columns.map(quoteName).join(', ')})`

/** Rows as JSONCompactEachRow has them; ClickHouse reads numbers and dates from text. */
export const linesOf = (rows: readonly (readonly Cell[])[]): string => rows.map((row) => JSON.stringify(row)).join('\n')
