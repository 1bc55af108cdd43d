import { routeOf } from '../../core/routing/route.ts'
import type { Operation } from '../operation.ts'
import type { TableStream } from '../postgres/gateway.ts'
import { engineOf, type Origin, type QueryNeeds, type QueryRequest, timeout } from './query.ts'

export interface StreamResponse extends TableStream {
  readonly origin: Origin
}

/**
 * Reads row by row, as fast as they are taken, from the engine itself: `request.cache` is for responses that are kept as a whole.
 * What is wrong with a statement is thrown before the response, what goes wrong later by its pages. Run it by `performStream`.
 */
export function queryStreamOperation({
  engines,
  homes,
  hierarchy,
}: Pick<QueryNeeds, 'engines' | 'homes' | 'hierarchy'>): Operation<QueryRequest, StreamResponse> {
  return {
    name: 'query_stream',
    verb: 'read',
    engines: (request) => [routeOf(request, homes).engine],
    tell: ({ origin: { category, source } }) => ({ category, source }),
    async run(context, request) {
      const { engine, category } = routeOf(request, homes)
      const asked = engineOf(engines, engine, 'query')
      await asked.judge(request.text, 'read', context.company)
      const { value, source, ageMs } = await hierarchy.ask<TableStream>({
        engine,
        context,
        repeatable: true,
        run: async (way) => {
          const options = { verb: 'read', way, ...timeout(request) } as const
          return asked.stream(context, request, options)
        },
      })
      return { ...value, origin: { database: engine, category, source, ageMs, replayed: false } }
    },
  }
}
