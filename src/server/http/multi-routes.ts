import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Call } from '../call.ts'
import { failureOf } from '../failure.ts'
import type { Outcome, PartResult } from '../operations/multi.ts'
import { perform } from '../perform.ts'
import type { Router } from '../router.ts'
import { tableJson } from '../values/natural.ts'
import { readMulti } from './multi-body.ts'
import { databaseNameOf } from './query-body.ts'
import { durationOf, sendJson } from './render.ts'

/** POST /v1/multi: the specification's execute_multi_db_operation. */
export function addMultiRoutes(app: FastifyInstance, router: Router, callOf: (request: FastifyRequest) => Call): void {
  const { operations } = router
  app.post('/v1/multi', async (request, reply) => {
    const asked = readMulti(operations, request.body)
    const { results, ...rest } = await perform(router, operations.multi, callOf(request), asked)
    const parts = results.map(
      (part) => `${JSON.stringify(databaseNameOf(part.database))}:${partJson(part, request.id)}`,
    )
    const { succeeded, idempotencyKey: idempotency_key, replayed } = rest
    const info = { request_id: request.id, duration_ms: durationOf(request) }
    const fields = JSON.stringify({ succeeded, idempotency_key, replayed, info }).slice(1)
    return sendJson(reply, `{"results":{${parts.join(',')}},${fields}`)
  })
}

function partJson({ status, outcome, error, durationMs }: PartResult, requestId: string): string {
  const fields = {
    status,
    duration_ms: Math.round(durationMs * 1_000) / 1_000,
    ...(error === null ? {} : { error: failureOf(error, requestId).error.toJSON() }),
  }
  const more = outcome === null ? '' : outcomeJson(outcome)
  return `${JSON.stringify(fields).slice(0, -1)}${more === '' ? '' : `,${more}`}}`
}

function outcomeJson(outcome: Outcome): string {
  if (outcome.kind === 'table') return tableJson(outcome.table)
  if (outcome.kind === 'results') return `"results":${JSON.stringify(outcome.results)}`
  return JSON.stringify(outcome.fields).slice(1, -1)
}
