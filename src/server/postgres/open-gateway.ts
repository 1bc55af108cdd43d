import type pg from 'pg'
import type { ContextPool, RequestOptions } from '../../engines/postgres/context/pool.ts'
import type { Statement } from '../../engines/postgres/context/statement.ts'
import type { ContextClaims } from '../../engines/postgres/context/token.ts'
import { claimKey, recordResponse } from '../../engines/postgres/idempotency.ts'
import type { RequestContext } from '../context/request-context.ts'
import { timed } from '../timed.ts'
import type { PostgresGateway, RunOptions, SqlStatement } from './gateway.ts'
import { once, recordedBefore } from './once.ts'
import { streamTable } from './stream.ts'
import { tableOf } from './table.ts'

// In characters of JSON.
const longestResponse = 4 * 1024 * 1024

const longestFeedMs = 600_000

/** PostgreSQL by the pool of signed contexts. @param keepMs how long idempotency keys are known */
export function openPostgresGateway(pool: ContextPool, keepMs: number): PostgresGateway {
  const query = (context: RequestContext, statement: Statement, options: RunOptions): Promise<pg.QueryResult> =>
    timed(context, () => pool.query(claimsOf(context, options), statement, wayOf(context, options)))
  const batch: PostgresGateway['batch'] = (context, statements, options) =>
    timed(context, async () => {
      const { idempotency } = options
      const way = wayOf(context, options)
      const claims = claimsOf(context, options)
      const texts = statements.map(asText)
      if (idempotency === undefined) return (await pool.batch(claims, texts, way)).map(tableOf)
      return once(pool, claims, texts, idempotency, { keepMs, longestResponse, ...way })
    })
  return {
    async run(context, statement, options) {
      if (options.idempotency === undefined) return tableOf(await query(context, asText(statement), options))
      const [table] = await batch(context, [statement], options)
      if (table === undefined) throw new Error('a recorded response without a result')
      return table
    },
    async explain(context, statement, options) {
      const { rows } = await query(context, { ...asText(statement), explain: true }, options)
      const [[printed]] = rows as unknown as [[string]]
      return printed
    },
    batch,
    feed: (context, options, work) =>
      timed(context, async () => {
        const { idempotency } = options
        const claims = claimsOf(context, options)
        const way = wayOf(context, options)
        try {
          return await pool.feed(claims, { ...way, longestMs: longestFeedMs }, async (feed) => {
            if (idempotency !== undefined) await feed.run(claimKey(idempotency, keepMs))
            const result = await work(async (statement) => tableOf(await feed.run(asText(statement))))
            if (idempotency !== undefined) await feed.run(recordResponse(idempotency, JSON.stringify(result)))
            return { result, replayed: false }
          })
        } catch (error) {
          if (idempotency === undefined) throw error
          const recorded = await recordedBefore(pool, claims, idempotency, error, way)
          return { result: JSON.parse(recorded), replayed: true }
        }
      }),
    stream: (context, statement, options) =>
      streamTable(pool, claimsOf(context, options), asText(statement), {
        ...wayOf(context, options),
        timing: context.timing,
      }),
  }
}

const asText = ({ text, values }: SqlStatement) => ({ text, values, rowMode: 'text', prepare: true }) as const

const wayOf = ({ signal }: RequestContext, { way }: RunOptions): RequestOptions => ({ way, signal })

/** A request may have less time than its tier gives, never more. */
function claimsOf({ company, user, service }: RequestContext, { verb, timeoutMs }: RunOptions): ContextClaims {
  const { statementTimeoutMs } = company.limits
  const limits = {
    ...company.limits,
    statementTimeoutMs: Math.min(statementTimeoutMs, timeoutMs ?? statementTimeoutMs),
  }
  return { company: company.company, user, service: service.name, limits, mode: verb }
}
