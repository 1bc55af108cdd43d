import { ConnectionFailed, type ErrorBody, errorWithin } from './errors.ts'
import { type Column, type Info, infoOf, type Row, rowDecoder, type WithInfo } from './results.ts'
import type { Int64As } from './values.ts'

/** What stands behind the last row. */
export interface StreamEnd {
  readonly rowCount: number
  readonly info: Info
}

type Line =
  | readonly unknown[]
  | { readonly columns: readonly Column[] }
  | { readonly end: WithInfo & { readonly row_count: number } }
  | { readonly error: ErrorBody }

/** Rows out of the lines of an answer. @throws ConnectionFailed where they are not all there */
export async function* rowsOf<Shape extends Row>(
  lines: AsyncIterable<string>,
  int64As: Int64As,
): AsyncGenerator<Shape, StreamEnd> {
  let decode: ((row: readonly unknown[]) => Row) | undefined
  for await (const text of lines) {
    const line = JSON.parse(text) as Line
    if ('columns' in line) decode = rowDecoder(line.columns, int64As)
    else if ('error' in line) throw errorWithin(line.error)
    else if ('end' in line) return { rowCount: line.end.row_count, info: infoOf(line.end) }
    else if (decode !== undefined) yield decode(line) as Shape
  }
  throw new ConnectionFailed('the connection broke before the last row', true, undefined)
}

/** Pieces of text as lines, by line feeds alone. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
