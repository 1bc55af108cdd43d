import { malformed } from './read.ts'

/**
 * The key of a request, from its header or from `idempotency_key` of its message.
 * @throws DBS-2001 the two differ
 */
export function idempotencyKeyOf(header: string | undefined, body: unknown): string | undefined {
  const inside =
    typeof body === 'object' && body !== null && 'idempotency_key' in body ? body.idempotency_key : undefined
  // What is no text is refused where the message is read; an empty one is none, as in Protocol Buffers.
  if (typeof inside !== 'string' || inside === '') return header
  if (header !== undefined && header !== inside) {
    throw malformed('the header idempotency-key and the field idempotency_key say different things')
  }
  return inside
}
