import { LRUCache } from 'lru-cache'
import { DbsvcError } from '../../core/errors/error.ts'
import { writeList } from '../../core/values/list-text.ts'
import type { RequestContext } from '../context/request-context.ts'
import type { Guard } from '../guard/verdict.ts'
import { idempotencyOf } from '../operations/idempotency.ts'
import type { IngestTarget } from '../operations/ingest.ts'
import type { PostgresGateway } from './gateway.ts'

interface Column {
  /** As SQL writes it. */
  readonly type: string
  readonly list: boolean
}

type Columns = ReadonlyMap<string, Column>

const mostTables = 2_000

// -1 leaves out the length that a column has, but not that of char, which would be 1.
const readColumns = `select a.attname, pg_catalog.format_type(a.atttypid, -1), (t.typcategory = 'A')::text
  from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid
  where a.attrelid = pg_catalog.to_regclass($1) and a.attnum > 0 and not a.attisdropped`

/**
 * Rows as arrays, one for each column, which the server takes apart: `insert … select … from unnest(…)` under the signed context, a
 * statement for each batch, all in one transaction. The guard judges that statement like any other.
 */
export function postgresIngest(postgres: PostgresGateway, guard: Guard): IngestTarget {
  const known = new LRUCache<string, Columns>({ max: mostTables })
  const columnsOf = async (context: RequestContext, table: string): Promise<Columns> => {
    const key = `${context.company.company}\n${context.company.schemaVersion}\n${table}`
    const kept = known.get(key)
    if (kept !== undefined) return kept
    const statement = { text: readColumns, values: [quoted(table)] }
    const { rows } = await postgres.run(context, statement, { verb: 'read', way: 'pool' })
    const found = new Map(rows.map(([name, type, list]) => [name ?? '', { type: type ?? '', list: list === 'true' }]))
    // What is not there may come with the next migration of another company's version.
    if (found.size > 0) known.set(key, found)
    return found
  }

  return {
    async ingest(context, way, { table, skipDuplicates }, { columns, batches }) {
      // A table that is not there, or not for companies, is refused in the same words, whatever columns it has.
      await guard.judge(`insert into ${quoted(table)} default values`, 'write', context.company)
      const types = await columnsOf(context, table)
      const text = insertOf(table, columns, types, skipDuplicates)
      const { writes } = await guard.judge(text, 'write', context.company)
      const idempotency = idempotencyOf(context, ['ingest', table, columns, skipDuplicates])
      const options = { verb: 'write', way, writes, ...(idempotency === null ? {} : { idempotency }) } as const
      const own = fills(columns, types) ? [context.company.company] : []
      const { result, replayed } = await postgres.feed(context, options, async (run) => {
        let [inserted, received] = [0, 0]
        for await (const rows of batches) {
          const values = columns.map((_, at) => writeList(rows.map((row) => row[at] ?? null)))
          inserted += (await run({ text, values: [...values, ...own] })).rowCount
          received += rows.length
        }
        return { inserted, skipped: received - inserted }
      })
      return { ...result, replayed }
    },
  }
}

/** Whether the company is put where the rows do not say it. */
const fills = (columns: readonly string[], types: Columns): boolean =>
  types.has('company_id') && !columns.includes('company_id')

function insertOf(table: string, columns: readonly string[], types: Columns, skipDuplicates: boolean): string {
  const found = columns.map((name) => {
    const type = types.get(name)
    if (type === undefined)
      throw DbsvcError.of('DBS-2404', { engine: 'PostgreSQL', reason: `${table} has no column ${name}` })
    return type
  })
  // unnest would take arrays apart to their last item.
  const arrays = found.map(({ type, list }, at) => `$${at + 1}::${list ? 'text' : type}[]`)
  const picked = found.map(({ type, list }, at) => `u.c${at}${list ? `::${type}` : ''}`)
  const company = fills(columns, types)
  const into = [...columns.map(quoted), ...(company ? ['company_id'] : [])]
  const from = [...picked, ...(company ? [`$${columns.length + 1}::text`] : [])]
  const aliases = columns.map((_, at) => `c${at}`).join(', ')
  return `insert into ${quoted(table)} (${into.join(', ')}) select ${from.join(', ')} from unnest(${arrays.join(', ')}) as u(${aliases})${
    skipDuplicates ? ' on conflict do nothing' : ''
  }`
}

const quoted = (name: string): string => `"${name}"`
