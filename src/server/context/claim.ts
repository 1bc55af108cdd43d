import { DbsvcError } from '../../core/errors/error.ts'
import type { ClaimedTenant } from '../call.ts'

/** For whom a call is, which its headers and its message may both say. @throws DBS-2001 where they say something different */
export function claimOf(headers: ClaimedTenant, message: ClaimedTenant): ClaimedTenant {
  const agreed = (field: keyof ClaimedTenant): string | undefined => {
    const [one, other] = [headers[field], message[field]]
    if (one === undefined || other === undefined || one === other) return one ?? other
    throw DbsvcError.of('DBS-2001', { reason: `the headers and the message name a different ${field}` })
  }
  return { company: agreed('company'), user: agreed('user'), session: agreed('session') }
}
