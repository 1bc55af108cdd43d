import type { ChdbConnection as Connection } from 'chdb/connection'
import { withOneHead } from '../../core/values/one-head.ts'
import { readAll, readLines } from './body.ts'
import type { HttpQuery } from './request.ts'

const insertHead = /^\s*INSERT\b[\s\S]*\bFORMAT\s+(\w+)\s*$/i
/** A line break is never inside a value of these. */
const byLine = new Set(['jsoneachrow', 'jsoncompacteachrow', 'jsonstringseachrow', 'tsv', 'tabseparated'])
/** Of other formats each piece would be a document of its own. */
const inPieces = /^(?:TSV|TabSeparated|CSV|TSKV|RowBinary|Native|LineAsString|(?:Pretty)?JSON\w*EachRow)/i
const reads = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:SELECT|WITH|\()/i

/** Runs a query on a connection of its own, which keeps nothing for the next. @returns the result in pieces */
export async function* execute(connection: Connection, query: HttpQuery): AsyncGenerator<Uint8Array> {
  await connection.command({ query: `USE ${quoteName(query.database)}` })
  for (const [name, value] of query.parameters) await set(connection, `param_${name}`, value)
  // With readonly set, nothing else can be.
  const settings = [...query.settings].toSorted(
    ([one], [other]) => Number(one === 'readonly') - Number(other === 'readonly'),
  )
  for (const [name, value] of settings) await set(connection, name, value)

  const insertFormat = insertHead.exec(query.text)?.[1]
  if (insertFormat !== undefined && byLine.has(insertFormat.toLowerCase())) return insertLines(connection, query)
  const body = await readAll(query.body)
  const format = query.format === null ? {} : { format: query.format }
  if (insertFormat !== undefined && body.length === 0) return
  const sql = query.text === '' ? body.toString() : body.length === 0 ? query.text : `${query.text}\n${body.toString()}`
  const chosen = formatOf.exec(sql)?.[1] ?? query.format ?? 'TabSeparated'
  if (reads.test(sql) && inPieces.test(chosen)) {
    yield* withOneHead(connection.chdb.queryStream(sql, { format: 'TabSeparated', ...format }), chosen)
    return
  }
  const result = await connection.chdb.queryAsync(sql, { format: 'TabSeparated', ...format })
  yield result.bytes()
}

const formatOf = /\bFORMAT\s+(\w+)\s*$/i

/** Each piece is an insert of its own: with one token for all, the second would count as the first come again. */
async function insertLines(connection: Connection, query: HttpQuery): Promise<void> {
  const token = query.settings.get('insert_deduplication_token') ?? ''
  let piece = 0
  for await (const lines of readLines(query.body)) {
    if (lines.toString().trim() === '') continue
    if (token !== '' && piece > 0) await set(connection, 'insert_deduplication_token', `${token}:${piece}`)
    await connection.command({ query: `${query.text}\n${lines.toString()}` })
    piece += 1
  }
}

async function set(connection: Connection, name: string, value: string): Promise<void> {
  await connection.command({ query: `SET ${quoteName(name)} = '${value.replaceAll(/[\\']/g, '\\$&')}'` })
}

const quoteName = (name: string): string => `\`${name.replaceAll(/[\\`]/g, '\\$&')}\``
