import { z } from 'zod'
import { type ArangoDatabase, anyAnswer } from './connection/database.ts'
import { apiPath } from './names.ts'
import type { QueryLimits } from './query-limits.ts'

const batchOf = <Row extends z.ZodType>(row: Row) =>
  z.object({ result: z.array(row), hasMore: z.boolean(), id: z.string().optional() })

// As many as an answer of a few megabytes holds.
const batchSize = 1_000

type BindVariables = Readonly<Record<string, unknown>>

export interface QueryTerms {
  readonly limits?: QueryLimits
  /** Whether results come as they are found, and not when all are. */
  readonly stream?: boolean
  /** Of each request, in milliseconds. */
  readonly timeoutMs?: number
}

/** The rows of an AQL query as the server gives them, a batch at a time; what is not read to its end is closed there. */
export async function* queryBatches<Row extends z.ZodType>(
  database: ArangoDatabase,
  query: string,
  row: Row,
  bindVars: BindVariables = {},
  { limits, stream = true, timeoutMs }: QueryTerms = {},
): AsyncGenerator<z.output<Row>[]> {
  const shape = batchOf(row)
  const within = timeoutMs === undefined ? {} : { timeoutMs }
  const body = { query, bindVars, batchSize, ttl: 120, ...limits, options: { ...limits?.options, stream } }
  let batch = await database.send({ method: 'POST', path: '/_api/cursor', body, ...within }, shape)
  try {
    while (batch.result.length > 0 || batch.hasMore) {
      yield batch.result
      if (!batch.hasMore || batch.id === undefined) return
      batch = await database.send({ method: 'POST', path: apiPath`/_api/cursor/${batch.id}`, ...within }, shape)
    }
  } finally {
    if (batch.hasMore && batch.id !== undefined) {
      // What cannot be closed ends by itself after its ttl.
      await database.find({ method: 'DELETE', path: apiPath`/_api/cursor/${batch.id}` }, anyAnswer).catch(() => null)
    }
  }
}

/** All rows of an AQL query. */
export async function queryAll<Row extends z.ZodType>(
  database: ArangoDatabase,
  query: string,
  row: Row,
  bindVars: BindVariables = {},
): Promise<z.output<Row>[]> {
  const rows: z.output<Row>[] = []
  for await (const batch of queryBatches(database, query, row, bindVars)) rows.push(...batch)
  return rows
}
