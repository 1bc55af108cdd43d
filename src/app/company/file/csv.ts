import { parse } from 'csv-parse/sync'
import { type Column, readHeader } from './columns.ts'
import { LineCounter } from './line-counter.ts'
import type { Row } from './row.ts'

type CsvRecord = { readonly line: number } & ({ readonly fields: readonly string[] } | { readonly reason: string })

/** Reads CSV as RFC 4180 has it, with a header line. A header that is wrong is the only row. */
export function readCsv(text: string): Row[] {
  const [first, ...records] = recordsOf(Buffer.from(text))
  if (first === undefined) return [{ line: 1, reason: 'there is no header line' }]
  if ('reason' in first) return [first]
  const header = readHeader(first.fields)
  if ('reason' in header) return [{ line: first.line, ...header }]
  return records.map((record) => ('reason' in record ? record : rowOf(record.line, record.fields, header.columns)))
}

function rowOf(line: number, cells: readonly string[], columns: readonly Column[]): Row {
  if (cells.length !== columns.length) {
    const found = cells.length === 1 ? '1 field' : `${cells.length} fields`
    return { line, reason: `${found}, but the header has ${columns.length}` }
  }
  const value: Record<string, unknown> = {}
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? ''
    if (cell !== '') column.put(value, cell)
  }
  return { line, value }
}

/** Records with the line that each begins on. Where one is malformed, its first line is bad, and reading goes on with the next. */
function recordsOf(bytes: Buffer): CsvRecord[] {
  const records: CsvRecord[] = []
  const counter = new LineCounter(bytes)
  for (let start = 0; start < bytes.length; start = counter.nextLine()) {
    try {
      parse(bytes.subarray(start), {
        record_delimiter: ['\r\n', '\n', '\r'],
        relax_column_count: true,
        skip_empty_lines: true,
        on_record: (fields: string[], { bytes: length }) => {
          records.push({ line: counter.line, fields })
          counter.moveTo(start + length)
          return null
        },
      })
      break
    } catch {
      records.push({ line: counter.line, reason: 'quotes must stand around a whole field, and be doubled inside it' })
    }
  }
  return records
}
