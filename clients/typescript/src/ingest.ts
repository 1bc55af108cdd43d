import { encode, type Parameter } from './parameters.ts'
import { type Info, infoOf, type WithInfo } from './results.ts'
import type { CallOptions } from './statements.ts'

type IngestRow = readonly Parameter[]

export type IngestRows = readonly IngestRow[] | Iterable<IngestRow> | AsyncIterable<IngestRow>

export interface IngestOptions extends CallOptions {
  /** postgresql where it is left out. */
  readonly database?: 'postgresql' | 'clickhouse'
  /** Rows that are there already stay as they are. */
  readonly skipDuplicates?: boolean
  readonly idempotencyKey?: string
}

export interface Ingested {
  readonly inserted: number
  /** Those that were there already. */
  readonly skipped: number
  readonly info: Info
}

export interface IngestedMessage extends WithInfo {
  readonly inserted: number
  readonly skipped: number
}

export const ingestedOf = (answer: IngestedMessage): Ingested => ({
  inserted: answer.inserted,
  skipped: answer.skipped,
  info: infoOf(answer),
})

const pieceLength = 64 * 1024

/** Lines of JSON, in pieces of about 64 KiB. */
export async function* linesOfRows(columns: readonly string[], rows: IngestRows): AsyncGenerator<string> {
  let piece = `${JSON.stringify({ columns })}\n`
  for await (const row of rows) {
    piece += `${JSON.stringify(row.map(encode))}\n`
    if (piece.length < pieceLength) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}
