import type pg from 'pg'
import type { TableResult } from '../../core/routing/cells.ts'
import type { ContextPool, RequestOptions } from '../../engines/postgres/context/pool.ts'
import type { Statement } from '../../engines/postgres/context/statement.ts'
import type { ContextClaims } from '../../engines/postgres/context/token.ts'
import type { RequestContext } from '../context/request-context.ts'
import { timed } from '../timed.ts'
import type { TableStream } from './gateway.ts'
import { columnsOf } from './table.ts'

/** Begins to read a statement in row mode `text`; what is wrong with it is known, and thrown, with its first page. */
export async function streamTable(
  pool: ContextPool,
  claims: ContextClaims,
  statement: Statement,
  { timing, ...way }: RequestOptions & Pick<RequestContext, 'timing'>,
): Promise<TableStream> {
  let fields: readonly pg.FieldDef[] = []
  const onColumns = (described: readonly pg.FieldDef[]): void => {
    fields = described
  }
  const pages = pool.pages<TableResult['rows'][number]>(claims, statement, { ...way, pageSize: 1_000, onColumns })
  const next = () => timed({ timing }, () => pages.next())
  const first = next()
  await first
  let taken = false
  return {
    columns: columnsOf(fields),
    pages: {
      next() {
        if (taken) return next()
        taken = true
        return first
      },
      return: () => pages.return(),
    },
  }
}
