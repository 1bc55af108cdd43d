import { createWriteStream } from 'node:fs'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import { failureOf } from '../failure.ts'
import { companyColumn, databaseOf, sharedDatabase } from '../names.ts'
import { type Place, rows } from '../place.ts'
import { quoteName, quoteString } from '../sql/quote.ts'
import { tablesWithRowsOf } from './deprovision.ts'

export interface ExportedFile {
  readonly file: string
  readonly bytes: number
}

interface Source {
  readonly file: string
  readonly sql: string
}

interface TableRow {
  readonly name: string
  readonly engine: string
  readonly definition: string
}

/**
 * Writes `clickhouse.sql` with the definitions, and a file in ClickHouse's Native format for each table: what INSERT … FROM INFILE
 * … FORMAT Native reads back exactly, aggregation states included.
 */
export async function exportCompany(place: Place, company: string, directory: string): Promise<ExportedFile[]> {
  const database = databaseOf(company)
  const tables = await rows<TableRow>(
    place,
    `SELECT name, engine, create_table_query AS definition FROM system.tables
     WHERE database = {database:String} AND NOT is_temporary ORDER BY name`,
    { parameters: { database } },
  )
  const definitions = `${tables.map(({ definition }) => `${definition};\n`).join('\n')}`
  const written = [await write(directory, 'clickhouse.sql', (path) => writeFile(path, definitions))]
  for (const { file, sql } of [...ownSources(database, tables), ...(await sharedSources(place, company))]) {
    const chunks = place.session.stream(sql, 'Native')
    written.push(await write(directory, file, (path) => pipeline(reporting(chunks, place), createWriteStream(path))))
  }
  return written
}

function ownSources(database: string, tables: readonly TableRow[]): Source[] {
  // Views show what tables hold.
  const holders = tables.filter(({ engine }) => !/View$|^Dictionary$/.test(engine))
  return holders.map(({ name }) => ({
    file: `clickhouse.${encodeURIComponent(name)}.native`,
    sql: `SELECT * FROM ${quoteName(database)}.${quoteName(name)}`,
  }))
}

async function sharedSources(place: Place, company: string): Promise<Source[]> {
  const tables = await tablesWithRowsOf(place, company)
  return tables.map((table) => ({
    file: `clickhouse.${sharedDatabase}.${encodeURIComponent(table)}.native`,
    sql: `SELECT * FROM ${quoteName(sharedDatabase)}.${quoteName(table)} WHERE ${companyColumn} = ${quoteString(company)}`,
  }))
}

async function* reporting(chunks: AsyncIterable<Uint8Array>, { session }: Place): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks
  } catch (error) {
    throw failureOf(error, session)
  }
}

async function write(directory: string, file: string, fill: (path: string) => Promise<void>): Promise<ExportedFile> {
  const path = join(directory, file)
  try {
    await fill(path)
    return { file, bytes: (await stat(path)).size }
  } catch (error) {
    if (error instanceof DbsvcError) throw error
    throw DbsvcError.of('DBS-1304', { file: path, reason: reasonOf(error) }, error)
  }
}
