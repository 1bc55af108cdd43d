import type { TableResult } from '../../core/routing/cells.ts'
import type { Pages, TableStream } from '../postgres/gateway.ts'

/** A result that is there as a whole, as a stream. */
export function asOnePage({ columns, rows }: TableResult): TableStream {
  let left: TableResult['rows'] | undefined = rows
  const pages: Pages = {
    async next() {
      const value = left
      left = undefined
      return value === undefined ? { done: true, value: undefined } : { done: false, value }
    },
    return: async () => {
      left = undefined
    },
  }
  return { columns, pages }
}
