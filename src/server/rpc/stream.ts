import type { MessageInitShape } from '@bufbuild/protobuf'
import type { Cell } from '../../core/routing/cells.ts'
import type { Call } from '../call.ts'
import type { QueryStreamResponseSchema } from '../contract/dbsvc/v1/query_pb.js'
import type { QueryRequest } from '../operations/query.ts'
import { performStream } from '../perform.ts'
import type { Router } from '../router.ts'
import { columnsOf, infoOf, rowsOf } from './tables.ts'

type Part = MessageInitShape<typeof QueryStreamResponseSchema>

/** Text in one message; clients of gRPC take 4 MiB of it by default. A larger row is a message of its own. */
const messageChars = 256 * 1024

/** Columns, rows as fast as they are taken, and an end. */
export async function* streamQuery(router: Router, call: Call, asked: QueryRequest): AsyncGenerator<Part> {
  const { columns, pages, origin } = await performStream(router, router.operations.queryStream, call, asked)
  // A caller that goes away while it is sent something never asks for more.
  const stop = (): void => void pages.return().catch(() => {})
  call.signal.addEventListener('abort', stop, { once: true })
  let rowCount = 0
  let ended = false
  try {
    yield { part: { case: 'columns', value: { columns: columnsOf(columns) } } }
    for (let page = await pages.next(); page.done !== true; page = await pages.next()) {
      rowCount += page.value.length
      for (const rows of inMessages(page.value)) {
        yield { part: { case: 'rows', value: { rows: rowsOf(rows, columns) } } }
      }
    }
    ended = true
    yield { part: { case: 'end', value: { rowCount: BigInt(rowCount), info: infoOf(call, origin) } } }
  } finally {
    call.signal.removeEventListener('abort', stop)
    if (!ended) await pages.return()
  }
}

type Rows = readonly (readonly Cell[])[]

function* inMessages(rows: Rows): Generator<Rows> {
  let first = 0
  let chars = 0
  for (const [at, row] of rows.entries()) {
    const own = row.reduce((sum, cell) => sum + (cell?.length ?? 0), 0)
    if (at > first && chars + own > messageChars) {
      yield rows.slice(first, at)
      first = at
      chars = 0
    }
    chars += own
  }
  if (first < rows.length) yield rows.slice(first)
}
