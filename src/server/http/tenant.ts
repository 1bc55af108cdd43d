import { z } from 'zod'
import type { ClaimedTenant } from '../call.ts'
import { isObject, read } from './read.ts'

/** `tenant` in a message, as in Protocol Buffers. */
export const tenantShape = z.strictObject({
  company_id: z.string().optional(),
  user_id: z.string().optional(),
  session_id: z.string().optional(),
})

const message = z.object({ tenant: tenantShape.optional() })

/** For whom a message says it is; an empty text says nothing. @throws DBS-2001 it is malformed */
export function tenantOf(body: unknown): ClaimedTenant {
  const { company_id, user_id, session_id } = (isObject(body) ? read(message, body).tenant : undefined) ?? {}
  return { company: company_id || undefined, user: user_id || undefined, session: session_id || undefined }
}

/** The message without `tenant`, which that of every operation may have. */
export function withoutTenant(body: unknown): unknown {
  if (!isObject(body) || !Object.hasOwn(body, 'tenant')) return body
  const { tenant: _tenant, ...rest } = body
  return rest
}
