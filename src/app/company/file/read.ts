import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import type { CompanyList } from '../list.ts'
import { readCsv } from './csv.ts'
import { judgeRows } from './judge.ts'
import { readLines } from './lines.ts'
import type { Row } from './row.ts'
import type { Parameters } from './spec.ts'

export interface ReadOptions {
  /** For a line that does not say it itself. */
  readonly defaults: Parameters
  /** Read where the file is `-`. */
  readonly stdin: Readable
  readonly signal: AbortSignal
}

/**
 * Reads companies from a file: CSV with a header line, or an id or a JSON object a line. A line that names no company that could be
 * made is a fault of the list and spoils no other.
 * @throws DBS-1209 when the file cannot be read, DBS-1904 interrupted
 */
export async function readCompanies(path: string, options: ReadOptions): Promise<CompanyList> {
  const [file, bytes] =
    path === '-'
      ? ['stdin', buffer(addAbortSignal(options.signal, options.stdin))]
      : [path, readFile(path, { signal: options.signal })]
  const content = await bytes.catch((error: unknown) => {
    if (options.signal.aborted) throw DbsvcError.of('DBS-1904', {}, error)
    throw DbsvcError.of('DBS-1209', { file, line: 0, reason: reasonOf(error) }, error)
  })
  return judgeRows(file, readRows(file, new TextDecoder().decode(content)), options.defaults)
}

function readRows(file: string, text: string): Row[] {
  const extension = extname(file).toLowerCase()
  const lines = extension === '.ndjson' || extension === '.jsonl'
  return extension === '.csv' || (!lines && hasHeader(text)) ? readCsv(text) : readLines(text)
}

// `company` alone is an id as good as any other.
function hasHeader(text: string): boolean {
  const first = /\S.*/.exec(text)?.[0] ?? ''
  return (
    /^[^{#]/.test(first) && first.includes(',') && first.split(',').some((name) => /^"?company"?$/.test(name.trim()))
  )
}
