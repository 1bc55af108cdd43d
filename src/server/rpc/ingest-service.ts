import { ConnectError, type ServiceImpl } from '@connectrpc/connect'
import type { Call } from '../call.ts'
import type {
  IngestRequest,
  IngestService,
  IngestStreamRequest,
  IngestStreamRequest_Begin,
} from '../contract/dbsvc/v1/ingest_pb.js'
import type { Row as RowMessage } from '../contract/dbsvc/v1/value_pb.js'
import { malformed } from '../http/read.ts'
import { batched, type Row } from '../operations/row-batches.ts'
import { perform } from '../perform.ts'
import type { Router } from '../router.ts'
import type { Answer } from './answer.ts'
import { engineOf } from './names.ts'
import { reasonOf } from './own-errors.ts'
import { infoOf } from './tables.ts'
import { decodeParam } from './values.ts'

/** Many rows at once, in one message or in many. */
export function ingestService(router: Router, answer: Answer): ServiceImpl<typeof IngestService> {
  const ingest = async (
    call: Call,
    { database, table, columns, skipDuplicates }: IngestRequest | IngestStreamRequest_Begin,
    rows: Iterable<Row> | AsyncIterable<Row>,
  ) => {
    const asked = {
      database: engineOf(database) ?? 'postgres',
      table,
      skipDuplicates,
      open: async () => ({ columns, batches: batched(columns.length, rows) }),
    } as const
    const { inserted, skipped, origin } = await perform(router, router.operations.ingest, call, asked)
    return { inserted: BigInt(inserted), skipped: BigInt(skipped), info: infoOf(call, origin) }
  }

  return {
    ingest: (message, context) => answer(context, message, (call) => ingest(call, message, cellsOf(message.rows))),
    ingestStream: (messages, context) => {
      const parts = partsOf(messages, context.signal)
      const begun = beginningOf(parts)
      return answer(context, begun, async (call) => ingest(call, await begun, rowsOf(parts)))
    },
  }
}

type Part = IngestStreamRequest['part']

/** @throws DBS-2001 a message cannot be read */
async function* partsOf(messages: AsyncIterable<IngestStreamRequest>, signal: AbortSignal): AsyncGenerator<Part> {
  try {
    for await (const { part } of messages) yield part
  } catch (error) {
    if (signal.aborted || !(error instanceof ConnectError)) throw error
    throw malformed(reasonOf(error))
  }
}

async function beginningOf(parts: AsyncGenerator<Part>): Promise<IngestStreamRequest_Begin> {
  const { value, done } = await parts.next()
  if (done !== true && value.case === 'begin') return value.value
  throw malformed('the first message says nothing of where the rows go (begin)')
}

/** Read as they are taken: a sender meets the pace of the database. One that is cancelled may end its stream all the same, so that the end is a message. */
async function* rowsOf(parts: AsyncGenerator<Part>): AsyncGenerator<Row> {
  let count = 0n
  for await (const part of parts) {
    if (part.case === 'end') {
      if (part.value.rowCount === count) return
      throw malformed(`there were ${count} rows, and not ${part.value.rowCount}`)
    }
    if (part.case !== 'rows') throw malformed('a message after the first has no rows')
    count += BigInt(part.value.rows.length)
    yield* cellsOf(part.value.rows)
  }
  throw malformed('the stream has no end')
}

function* cellsOf(rows: readonly RowMessage[]): Generator<Row> {
  for (const { values } of rows) yield values.map(decodeParam)
}
