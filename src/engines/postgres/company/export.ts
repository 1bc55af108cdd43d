import { createWriteStream } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { placeOf } from '../../../core/company/id.ts'

const { escapeIdentifier: identifier, escapeLiteral: literal } = pg

// Enough for a round trip to be worth it, and little beside what one row may take.
const rowsPerFetch = 1_000

export interface ExportedFile {
  /** Relative to the export's folder. */
  readonly file: string
  readonly bytes: number
}

interface ExportedTable {
  readonly schema: string
  readonly name: string
  readonly shared: boolean
}

/**
 * Writes every row a company has into `directory`, one file of NDJSON for each table, as of one moment. What columns hold is
 * written as PostgreSQL's own row_to_json does. Tables without rows get an empty file.
 */
export async function exportFromPostgres(
  client: pg.Client,
  company: string,
  directory: string,
): Promise<ExportedFile[]> {
  await mkdir(directory, { recursive: true })
  const files: ExportedFile[] = []
  await client.query('begin transaction isolation level repeatable read read only')
  try {
    const tables = await findTables(client, company)
    // Its policy lets it see all rows, whether or not the connected user may.
    await client.query('set local role dbsvc_owner')
    for (const { schema, name, shared } of tables) {
      const file = `${schema}.${name}.ndjson`
      const path = join(directory, file)
      const where = shared ? ` where company_id = ${literal(company)}` : ''
      await pipeline(rowsOf(client, `${identifier(schema)}.${identifier(name)}${where}`), createWriteStream(path))
      files.push({ file, bytes: (await stat(path)).size })
    }
    return files
  } finally {
    await client.query('rollback').catch(() => {})
  }
}

async function findTables(client: pg.Client, company: string): Promise<ExportedTable[]> {
  const { rows } = await client.query<ExportedTable>(
    `select n.nspname as schema, c.relname as name, n.nspname = any ($2) as shared
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and (
       n.nspname = any ($1)
       or n.nspname = any ($2) and c.relowner = 'dbsvc_owner'::regrole and exists (
         select from pg_attribute a where a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped
       )
     )
     order by n.nspname, c.relname`,
    [
      [placeOf(company), `private_${company}`],
      ['public', 'private_shared'],
    ],
  )
  return rows
}

async function* rowsOf(client: pg.Client, from: string): AsyncGenerator<string> {
  await client.query(`declare exported cursor for select row_to_json(t)::text as line from (select * from ${from}) t`)
  for (;;) {
    const { rows } = await client.query<{ line: string }>(`fetch ${rowsPerFetch} from exported`)
    if (rows.length === 0) break
    yield rows.map(({ line }) => `${line}\n`).join('')
  }
  await client.query('close exported')
}
