import type { EngineName } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { categoryOf } from '../../core/routing/category.ts'
import type { Cell } from '../../core/routing/cells.ts'
import type { RequestContext } from '../context/request-context.ts'
import type { Hierarchy } from '../fallback/hierarchy.ts'
import type { Operation } from '../operation.ts'
import type { Way } from '../postgres/gateway.ts'
import type { Origin } from './query.ts'

/** Rows in batches of bounded size, which are read as they are taken. */
export interface RowSource {
  readonly columns: readonly string[]
  /** Each row has a cell for each column, in the text that PostgreSQL reads. */
  readonly batches: AsyncIterable<readonly (readonly Cell[])[]>
}

export interface IngestRequest {
  readonly database: EngineName
  readonly table: string
  /** Leaves rows that are there already as they are. */
  readonly skipDuplicates: boolean
  /** Begins to read. @throws DBS-2001 what comes is no rows */
  open(): Promise<RowSource>
}

export interface Ingested {
  readonly inserted: number
  readonly skipped: number
}

export interface IngestResponse extends Ingested {
  readonly origin: Origin
}

/** A database that takes many rows at once. */
export interface IngestTarget {
  /** @throws DBS-2404 there is no such table or column, or it does not take the rows; and what its guard refuses */
  ingest(
    context: RequestContext,
    way: Way,
    request: Omit<IngestRequest, 'open' | 'database'>,
    source: RowSource,
  ): Promise<Ingested & { readonly replayed: boolean }>
}

const name = /^[A-Za-z_]\w{0,62}$/
const mostColumns = 500

/** Many rows into one table. @param targets those that are configured */
export function ingestOperation(
  targets: Readonly<Partial<Record<EngineName, IngestTarget>>>,
  hierarchy: Hierarchy,
): Operation<IngestRequest, IngestResponse> {
  return {
    name: 'ingest',
    verb: 'write',
    takesKey: true,
    engines: ({ database }) => [database],
    tell: ({ origin: { category, source } }) => ({ category, source }),
    async run(context, { open, ...request }) {
      const { database, table } = request
      const target = targets[database]
      if (target === undefined) throw DbsvcError.of('DBS-2401', { engine: database })
      if (!name.test(table)) throw malformed(`${JSON.stringify(table)} is no name of a table`)
      const rows = await open()
      requireNames(rows.columns)
      const found = await hierarchy.ask({
        engine: database,
        context,
        // Its rows come once; another way is tried only where none was taken.
        repeatable: false,
        run: (way) => target.ingest(context, way, request, rows),
      })
      const { inserted, skipped, replayed } = found.value
      const { source, ageMs } = found
      return { inserted, skipped, origin: { database, category: categoryOf(database), source, ageMs, replayed } }
    },
  }
}

function requireNames(columns: readonly string[]): void {
  if (columns.length === 0 || columns.length > mostColumns) throw malformed(`there are 1 to ${mostColumns} columns`)
  const wrong = columns.find((column, at) => !name.test(column) || columns.indexOf(column) !== at)
  if (wrong !== undefined) throw malformed(`${JSON.stringify(wrong)} is no name of a column, or comes twice`)
}

const malformed = (reason: string): DbsvcError => DbsvcError.of('DBS-2001', { reason })
