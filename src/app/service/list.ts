import type { ServiceGrants } from '../../core/service/grants.ts'
import type { Session } from '../session.ts'

/** A key of a service; the key itself is known to nobody but who was given it. */
export interface ListedKey extends ServiceGrants {
  readonly service: string
  readonly keyId: string
  /** Null for a key made by an early version. */
  readonly lastFour: string | null
  /** CIDR; null: from everywhere. */
  readonly networks: readonly string[] | null
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
}

/** By service, the oldest key first. */
export async function listServiceKeys({ client }: Session): Promise<ListedKey[]> {
  const { rows } = await client.query<ListedKey>(
    `select service, key_id as "keyId", last_four as "lastFour", companies, engines, verbs,
       not whole_company as "userOnly", networks::text[] as networks, k.created_at as "createdAt",
       expires_at as "expiresAt", revoked_at as "revokedAt"
     from dbsvc.service_keys k join dbsvc.services using (service) order by service, k.created_at, key_id`,
  )
  return rows
}

/** A name of certificates by which a service is known. */
export interface ListedCertificate extends ServiceGrants {
  readonly service: string
  readonly identity: string
  readonly createdAt: Date
  readonly revokedAt: Date | null
}

/** By service. */
export async function listServiceCertificates({ client }: Session): Promise<ListedCertificate[]> {
  const { rows } = await client.query<ListedCertificate>(
    `select service, identity, companies, engines, verbs, not whole_company as "userOnly", c.created_at as "createdAt",
       revoked_at as "revokedAt"
     from dbsvc.service_certificates c join dbsvc.services using (service) order by service, identity`,
  )
  return rows
}
