import { z } from 'zod'
import type { Config } from '../../config/schema.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { guardAql } from '../../engines/arango/aql/guard.ts'
import { isRefusal, refusalBehind } from '../../engines/arango/connection/failure.ts'
import { ArangoServer } from '../../engines/arango/connection/server.ts'
import { databaseOf } from '../../engines/arango/names.ts'
import { queryBatches } from '../../engines/arango/query.ts'
import { queryLimits } from '../../engines/arango/query-limits.ts'
import { createClientPool } from './client-pool.ts'
import type { GraphGateway } from './graph-gateway.ts'

const mostClients = 256
const idleMs = 30_000
const mostResults = 100_000

// ArangoDB's number for a query that ran for too long, or was ended.
const killed = 1500

/** Asks as each company's own user, who reaches its own database and no other; null where none is configured. */
export function openGraphGateway(
  { url, ca }: Config['arango'],
  passwordOf: (company: string) => Promise<string>,
): GraphGateway | null {
  if (url === undefined) return null
  const clients = createClientPool<ArangoServer>({
    open: async (company) =>
      ArangoServer.open({ url, user: databaseOf(company), password: await passwordOf(company), ca }),
    isUsable: () => true,
    close: (server) => server.close(),
    most: mostClients,
    idleMs,
  })

  return {
    query: async ({ company: { company, limits }, signal }, { text, bindVars, timeoutMs }, verb) => {
      guardAql(text, bindVars, verb)
      const limitMs = Math.min(timeoutMs ?? limits.statementTimeoutMs, limits.statementTimeoutMs)
      const terms = queryLimits({ ...limits, statementTimeoutMs: limitMs })
      const deadline = AbortSignal.timeout(limitMs + 1_000)
      return clients.use(company, 'pool', async (server) => {
        const database = server.database(databaseOf(company), AbortSignal.any([signal, deadline]))
        const results: unknown[] = []
        try {
          // What writes is done when its first batch comes.
          const sent = { limits: terms, stream: verb === 'read', timeoutMs: limitMs + 1_000 }
          for await (const batch of queryBatches(database, text, z.unknown(), bindVars, sent)) {
            results.push(...batch)
            if (results.length > mostResults) throw refusal(`it has more than ${mostResults} results`)
          }
          return results
        } catch (error) {
          if (deadline.aborted || isRefusal(error, killed))
            throw DbsvcError.of('DBS-2405', { engine: 'ArangoDB', limitMs }, error)
          throw failureOf(error)
        }
      })
    },
    close: () => clients.close(),
  }
}

const refusal = (reason: string, cause?: unknown): DbsvcError =>
  DbsvcError.of('DBS-2404', { engine: 'ArangoDB', reason }, cause)

/** A refusal of the query is an answer; one of the server, such as one that is not ready, is not. */
function failureOf(error: unknown): unknown {
  const refused = refusalBehind(error)
  if (refused === undefined || refused.status === 401 || refused.status >= 500) return error
  return refusal(refused.message.slice(0, 500), error)
}
