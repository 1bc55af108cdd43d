import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Origin } from '../operations/query.ts'
import { databaseNameOf } from './query-body.ts'

/** `info` of a response: where and how it came to be. */
export function renderInfo(request: FastifyRequest, { database, category, source, ageMs, replayed }: Origin) {
  return {
    request_id: request.id,
    database: databaseNameOf(database),
    category,
    source,
    age_ms: ageMs === null ? null : Math.round(ageMs),
    duration_ms: durationOf(request),
    // Only where it is so: with an idempotency key that was used before.
    ...(replayed ? { replayed } : {}),
  }
}

/** Since it arrived, in milliseconds, to the microsecond. */
export const durationOf = ({ arrivedAt }: FastifyRequest): number =>
  Math.round((performance.now() - arrivedAt) * 1_000) / 1_000

/** Sends what is JSON already. */
export const sendJson = (reply: FastifyReply, json: string): FastifyReply =>
  reply.type('application/json; charset=utf-8').send(json)
