import { hash } from 'node:crypto'
import { DbsvcError } from '../../core/errors/error.ts'
import type { IdempotencyKey } from '../../engines/postgres/idempotency.ts'
import type { RequestContext } from '../context/request-context.ts'
import type { SqlStatement } from '../postgres/gateway.ts'

const longestKey = 255

/**
 * The key of a request, tied to what it asks for; null without one.
 * @param asked whatever makes it another request: what is not in it may differ when the key is sent again
 * @throws DBS-2001 it cannot be a key
 */
export function idempotencyOf({ idempotencyKey: key }: RequestContext, asked: unknown): IdempotencyKey | null {
  if (key === null) return null
  const bytes = Buffer.byteLength(key)
  if (bytes < 1 || bytes > longestKey || !key.isWellFormed() || /\p{Cc}/u.test(key)) {
    throw DbsvcError.of('DBS-2001', {
      reason: `an idempotency key is text of 1 to ${longestKey} bytes without control characters`,
    })
  }
  return { key, digest: hash('sha256', JSON.stringify(asked), 'base64url') }
}

/** Statements as `asked` takes them: bytes become something that no string is. */
export const askedOf = (statements: readonly SqlStatement[]) =>
  statements.map(({ text, values }) => [
    text,
    values.map((value) => (value instanceof Uint8Array ? [Buffer.from(value).toString('base64')] : value)),
  ])
