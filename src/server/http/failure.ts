import type { FastifyError } from 'fastify'
import { DbsvcError } from '../../core/errors/error.ts'
import { type Failure, failureOf } from '../failure.ts'

/** The same for what fastify itself refuses, such as a message that cannot be parsed. */
export function httpFailureOf(thrown: unknown, requestId: string): Failure & { readonly http: number } {
  const status = (thrown as Partial<FastifyError>).statusCode ?? 500
  if (thrown instanceof DbsvcError || status < 400 || status >= 500) {
    const failure = failureOf(thrown, requestId)
    return { ...failure, http: failure.status.http }
  }
  return {
    ...failureOf(DbsvcError.of('DBS-2001', { reason: ofMessage(status, (thrown as FastifyError).code) }), requestId),
    http: status,
  }
}

/** What the parser says could quote the message. */
function ofMessage(status: number, code: string): string {
  if (code === 'FST_ERR_BAD_URL') return 'the address has a % that no two hexadecimal digits of UTF-8 follow'
  if (status === 413) return 'the message is too large'
  if (status === 415) return 'the message is not application/json'
  return 'the message is no JSON that can be read'
}
