import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'

const price = z.coerce.number().positive()
const bar = z.object({
  date: z.iso.date(),
  open: price,
  high: price,
  low: price,
  close: price,
  adjclose: price,
  volume: z.coerce.number().int().nonnegative(),
})

/** One trading day; prices in the currency of the file. */
export type Bar = z.output<typeof bar>

/**
 * Reads daily bars, oldest first, from a CSV file with the columns date, open, high, low, close, adjclose and volume, as
 * Yahoo Finance exports them. @throws DBS-1704 with the line that is wrong
 */
export async function readBars(file: string): Promise<Bar[]> {
  let rows: unknown[]
  try {
    rows = parse(await readFile(file), { columns: true, skip_empty_lines: true, bom: true })
  } catch (error) {
    throw DbsvcError.of('DBS-1704', { file, reason: reasonOf(error) }, error)
  }
  return rows.map((row, index) => {
    const result = bar.safeParse(row)
    if (result.success) return result.data
    const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
    throw DbsvcError.of('DBS-1704', { file, reason: `line ${index + 2}: ${problems}` })
  })
}
