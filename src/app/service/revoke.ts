import { DbsvcError } from '../../core/errors/error.ts'
import type { Session } from '../session.ts'

export interface RevokedKey {
  readonly service: string
  /** Of the first time. */
  readonly revokedAt: Date
}

/**
 * Every router refuses the key, or the identity of a certificate, from its next look on.
 * @param keyId of the key, or the identity. @throws DBS-2111 there is none of that id
 */
export async function revokeServiceKey({ client }: Session, keyId: string): Promise<RevokedKey> {
  const { rows } = await client.query<RevokedKey>(
    `with key as (
       update dbsvc.service_keys set revoked_at = coalesce(revoked_at, now()) where key_id = $1 returning service, revoked_at
     ), certificate as (
       update dbsvc.service_certificates set revoked_at = coalesce(revoked_at, now()) where identity = $1
       returning service, revoked_at
     )
     select service, revoked_at as "revokedAt" from (table key union all table certificate) as revoked`,
    [keyId],
  )
  const [revoked] = rows
  if (revoked === undefined) throw DbsvcError.of('DBS-2111', { keyId })
  return revoked
}
