import type { HandlerContext, ServiceImpl } from '@connectrpc/connect'
import type {
  BatchRequest,
  ExecuteRequest,
  ExplainRequest,
  QueryRequest,
  QueryService,
} from '../contract/dbsvc/v1/query_pb.js'
import { databaseNameOf, readBatch, readQuery } from '../http/query-body.ts'
import type { QueryRequest as Asked } from '../operations/query.ts'
import { perform } from '../perform.ts'
import type { Router } from '../router.ts'
import type { Answer, AnswerStream } from './answer.ts'
import { timeLeft } from './deadline.ts'
import { cacheModeOf, categoryOf, engineOf } from './names.ts'
import { streamQuery } from './stream.ts'
import { infoOf, tableOf } from './tables.ts'
import { decodeParam } from './values.ts'

/** SQL on PostgreSQL and ClickHouse. */
export function queryService(
  router: Router,
  answer: Answer,
  answerStream: AnswerStream,
): ServiceImpl<typeof QueryService> {
  const { query, execute, batch, explain } = router.operations

  const ask = (operation: typeof query, message: QueryRequest | ExecuteRequest, context: HandlerContext) =>
    answer(context, message, async (call) => {
      const { table, origin } = await perform(router, operation, call, askedBy(message, context))
      return { ...tableOf(table), info: infoOf(call, origin) }
    })

  return {
    query: (message, context) => ask(query, message, context),
    queryStream: (message, context) =>
      answerStream(context, message, (call) => streamQuery(router, call, askedBy(message, context))),
    execute: (message, context) => ask(execute, message, context),
    batch: (message, context) =>
      answer(context, message, async (call) => {
        const { results, origin } = await perform(router, batch, call, batchOf(message, context))
        return { results: results.map(tableOf), info: infoOf(call, origin) }
      }),
    explain: (message, context) =>
      answer(context, message, async (call) => {
        const { plan, advice, origin } = await perform(router, explain, call, askedBy(message, context))
        return { planJson: JSON.stringify(plan), advice: [...advice], info: infoOf(call, origin) }
      }),
  }
}

function askedBy(message: QueryRequest | ExecuteRequest | ExplainRequest, context: HandlerContext): Asked {
  const engine = engineOf(message.database)
  const cache = 'cache' in message ? message.cache : undefined
  const asked = readQuery({
    sql: message.sql,
    ...(engine === undefined ? {} : { database: databaseNameOf(engine) }),
    category: 'category' in message ? categoryOf(message.category) : undefined,
    cache: { mode: cacheModeOf(cache?.mode), ttl_ms: cache?.ttlMs ?? 0 },
    timeout_ms: 'timeoutMs' in message ? message.timeoutMs : 0,
  })
  return { ...asked, values: message.params.map(decodeParam), timeoutMs: timeLeft(asked.timeoutMs, context) }
}

function batchOf(message: BatchRequest, context: HandlerContext) {
  const asked = readBatch({ statements: message.statements.map(({ sql }) => ({ sql })), timeout_ms: message.timeoutMs })
  const statements = message.statements.map(({ sql, params }) => ({ text: sql, values: params.map(decodeParam) }))
  return { statements, timeoutMs: timeLeft(asked.timeoutMs, context) }
}
