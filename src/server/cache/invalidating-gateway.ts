import pg from 'pg'
import { traceOf } from '../../core/routing/attempt.ts'
import { companyTag, tableTag } from '../../core/routing/cache-key.ts'
import type { RequestContext } from '../context/request-context.ts'
import type { PostgresGateway, RunOptions } from '../postgres/gateway.ts'
import type { ResponseCache } from './response-cache.ts'

/** Every write goes through here, whatever operation sends it, so that none can forget the cache. */
export function withInvalidation(gateway: PostgresGateway, cache: ResponseCache): PostgresGateway {
  const noting = async <Result>(
    context: RequestContext,
    { verb, writes = [] }: RunOptions,
    run: () => Promise<Result>,
  ): Promise<Result> => {
    if (verb === 'read') return run()
    const { company, limits } = context.company
    const tags = writes.length === 0 ? [companyTag(company)] : writes.map((table) => tableTag(company, table))
    try {
      const result = await run()
      cache.written(tags, 0)
      return result
    } catch (error) {
      if (traceOf(error) !== 'unsent') cache.written(tags, isRolledBack(error) ? 0 : limits.statementTimeoutMs)
      throw error
    }
  }
  return {
    run: (context, statement, options) => noting(context, options, () => gateway.run(context, statement, options)),
    batch: (context, statements, options) =>
      noting(context, options, () => gateway.batch(context, statements, options)),
    feed: (context, options, work) => noting(context, options, () => gateway.feed(context, options, work)),
    explain: gateway.explain,
    stream: gateway.stream,
  }
}

/** The server said so. Otherwise it may be at it still, for as long as the tier lets a statement run. */
const isRolledBack = (error: unknown): boolean => error instanceof pg.DatabaseError
