import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'
import { z } from 'zod'
import { mayLoseDigits, parseExactly } from '../exact-json.ts'
import type { RowSource } from '../operations/ingest.ts'
import { batched, type Row } from '../operations/row-batches.ts'
import { parameterOf } from '../values/parameter.ts'
import { refuseDeep } from './nesting.ts'
import { isObject, malformed, read } from './read.ts'

const longestLine = 1024 * 1024

export const wholeRows = z.strictObject({ columns: z.array(z.string()), rows: z.array(z.array(z.unknown())) })

/** `{"columns": […], "rows": [[…], …]}`. @throws DBS-2001 */
export function rowsOfJson(message: unknown): RowSource {
  const { columns, rows } = read(wholeRows, message)
  return { columns, batches: batched(columns.length, rows.map(cellsOf)) }
}

/** A line each: first `{"columns": […]}`, then arrays; or objects, whose first has all columns. @throws DBS-2001 */
export async function rowsOfLines(bytes: AsyncIterable<Buffer>): Promise<RowSource> {
  const lines = linesOf(bytes)
  const first = await lines.next()
  if (first.done === true) throw malformed('there is no line')
  const head = parseLine(first.value, 1)
  if (!isObject(head)) throw malformed('line 1 names no columns')
  const named = head.columns
  if (Array.isArray(named)) {
    const columns = read(z.array(z.string()), named)
    return {
      columns,
      batches: batched(
        columns.length,
        rowsFrom(lines, (row) => row),
      ),
    }
  }
  const columns = Object.keys(head)
  const pick = (row: unknown, line: number): unknown[] => {
    if (!isObject(row)) throw malformed(`line ${line} is no object`)
    const unknown = Object.keys(row).find((name) => !columns.includes(name))
    if (unknown !== undefined) throw malformed(`line ${line} has ${unknown}, which line 1 has not`)
    return columns.map((name) => row[name] ?? null)
  }
  async function* all(): AsyncGenerator<Row> {
    yield cellsOf(pick(head, 1))
    yield* rowsFrom(lines, pick)
  }
  return { columns, batches: batched(columns.length, all()) }
}

/** RFC 4180 with a header line; a field that is empty and has no quotes is NULL. @throws DBS-2001 */
export async function rowsOfCsv(bytes: AsyncIterable<Buffer>): Promise<RowSource> {
  const parser = parse({
    cast: (value, { quoting }) => (value === '' && !quoting ? null : value),
    bom: true,
    max_record_size: longestLine,
    skip_empty_lines: true,
  })
  // What breaks the one ends the other, which is where it is noticed.
  pipeline(textsOf(bytes), parser).catch(() => {})
  const records = parser[Symbol.asyncIterator]() as AsyncIterator<Row>
  const next = () =>
    records.next().catch((error: Error) => {
      throw malformed(`the CSV cannot be read: ${error.message.slice(0, 200)}`)
    })
  const header = await next()
  if (header.done === true) throw malformed('there is no header line')
  async function* rest(): AsyncGenerator<Row> {
    for (let record = await next(); record.done !== true; record = await next()) yield record.value
  }
  const columns = header.value.map((cell) => cell ?? '')
  return { columns, batches: batched(columns.length, rest()) }
}

/** The same, complete only with so many rows. @throws DBS-2001 */
export function counted({ columns, batches }: RowSource, rowCount: number | undefined): RowSource {
  if (rowCount === undefined) return { columns, batches }
  async function* all(): AsyncGenerator<readonly Row[]> {
    let count = 0
    for await (const batch of batches) {
      count += batch.length
      yield batch
    }
    if (count !== rowCount) throw malformed(`there were ${count} rows, and not ${rowCount}`)
  }
  return { columns, batches: all() }
}

async function* rowsFrom(
  lines: AsyncGenerator<string>,
  pick: (row: unknown, line: number) => unknown,
): AsyncGenerator<Row> {
  let number = 1
  for await (const line of lines) {
    number += 1
    const row = pick(parseLine(line, number), number)
    if (!Array.isArray(row)) throw malformed(`line ${number} is no array`)
    yield cellsOf(row)
  }
}

const cellsOf = (row: readonly unknown[]): Row =>
  row.map((value) => {
    if (typeof value === 'string' || value === null) return value
    const sent = value === undefined ? null : parameterOf(value)
    return Buffer.isBuffer(sent) ? `\\x${sent.toString('hex')}` : sent
  })

function parseLine(line: string, number: number): unknown {
  refuseDeep(line)
  try {
    return mayLoseDigits(line) ? parseExactly(line) : JSON.parse(line)
  } catch {
    throw malformed(`line ${number} is no JSON`)
  }
}

/** A byte order mark is left out. @throws DBS-2001 what is no UTF-8 */
async function* textsOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (part?: Uint8Array): string => {
    try {
      return part === undefined ? decoder.decode() : decoder.decode(part, { stream: true })
    } catch {
      throw malformed('the message is no UTF-8')
    }
  }
  for await (const chunk of bytes) yield decode(chunk)
  yield decode()
}

async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = ''
  for await (const text of textsOf(bytes)) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > longestLine) throw malformed(`a line has more than ${longestLine} characters`)
    for (const line of lines) if (line.trim() !== '') yield line
  }
  if (rest.trim() !== '') yield rest
}
