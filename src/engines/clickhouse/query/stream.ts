import { parseError } from '@clickhouse/client'
import type { Cell, ResultColumn } from '../../../core/routing/cells.ts'
import type { Session, StatementOptions } from '../connection/session.ts'
import { cellOf, exact, readonly } from './read.ts'
import { columnOf } from './type.ts'

export interface StreamedTable {
  readonly columns: readonly ResultColumn[]
  /** Rows as they come; none is empty. Leaving off ends the statement. */
  readonly pages: AsyncGenerator<readonly (readonly Cell[])[], void>
}

/** Begins to read rows, of which no more are held than have just come. @throws what the client throws, before the first row or with a page */
export async function streamTable(session: Session, sql: string, options: StatementOptions): Promise<StreamedTable> {
  const settings = { ...exact, ...options.settings, ...readonly }
  const pieces = linesOf(session.stream(sql, 'JSONCompactEachRowWithNamesAndTypes', { ...options, settings }))
  const head: unknown[][] = []
  let first: unknown[][] = []
  while (head.length + first.length < 2) {
    const { value, done } = await pieces.next()
    if (done === true) break
    first = [...first, ...value]
  }
  head.push(...first.splice(0, 2))
  const [names = [], types = []] = head
  const columns = names.map((name, at) => columnOf(String(name), String(types[at])))
  const cells = (rows: readonly unknown[][]) =>
    rows.map((row) => row.map((value, at) => cellOf(value, columns[at] as ResultColumn)))
  async function* pages(): StreamedTable['pages'] {
    try {
      if (first.length > 0) yield cells(first)
      for await (const rows of pieces) yield cells(rows)
    } finally {
      await pieces.return(undefined)
    }
  }
  return { columns, pages: pages() }
}

/** The lines of each piece that has come, as far as they are whole. */
async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<unknown[][], void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    const rows = parse(lines)
    if (rows.length > 0) yield rows
  }
  const rows = parse([rest + decoder.decode()])
  if (rows.length > 0) yield rows
}

/** @throws what the server says instead of a further row: its status has been sent long before */
function parse(lines: readonly string[]): unknown[][] {
  const told = lines.filter((line) => line.trim() !== '')
  const wrong = told.findIndex((line) => !line.startsWith('['))
  if (wrong >= 0) throw parseError(told.slice(wrong).join('\n'))
  return told.map((line) => JSON.parse(line) as unknown[])
}
