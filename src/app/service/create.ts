import pg from 'pg'
import { DbsvcError } from '../../core/errors/error.ts'
import { type NewApiKey, newApiKey } from '../../core/service/api-key.ts'
import type { ServiceGrants } from '../../core/service/grants.ts'
import type { Session } from '../session.ts'

/** Where and for how long a key lets in. */
export interface KeyTerms {
  /** CIDR, such as 10.0.0.0/8; null: from everywhere. */
  readonly networks: readonly string[] | null
  /** Null: it does not expire. */
  readonly expiresAt: Date | null
}

export interface NewService {
  readonly service: string
  readonly grants: ServiceGrants
  readonly terms: KeyTerms
}

/** Registers a service that is known by certificates, and has no key. @throws DBS-2110, DBS-2115 */
export async function createServiceOfCertificates(
  { client }: Session,
  { service, grants, identities }: Omit<NewService, 'terms'> & { readonly identities: readonly string[] },
): Promise<void> {
  const { rowCount } = await client
    .query(
      `with service as (
         insert into dbsvc.services (service, companies, engines, verbs, whole_company) values ($1, $2, $3, $4, $5)
         on conflict do nothing returning service
       )
       insert into dbsvc.service_certificates (identity, service) select unnest($6::text[]), service from service`,
      [service, grants.companies, grants.engines, grants.verbs, !grants.userOnly, identities],
    )
    .catch((error: unknown) => {
      if (!(error instanceof pg.DatabaseError) || error.code !== '23505') throw error
      throw DbsvcError.of('DBS-2115', { reason: 'another service has it' }, error)
    })
  if (rowCount === 0) throw DbsvcError.of('DBS-2110', { service })
}

/** Registers a service with its first key. @throws DBS-2110 there is one of that name, DBS-2114 */
export async function createService({ client }: Session, { service, grants, terms }: NewService): Promise<NewApiKey> {
  const made = newApiKey()
  const { rowCount } = await client
    .query(
      `with service as (
         insert into dbsvc.services (service, companies, engines, verbs, whole_company) values ($1, $2, $3, $4, $5)
         on conflict do nothing returning service
       )
       insert into dbsvc.service_keys (key_id, service, digest, last_four, networks, expires_at)
       select $6, service, $7, $8, $9::text[]::cidr[], $10 from service`,
      [
        service,
        grants.companies,
        grants.engines,
        grants.verbs,
        !grants.userOnly,
        made.keyId,
        made.digest,
        made.lastFour,
        terms.networks,
        terms.expiresAt,
      ],
    )
    .catch(refuseNetworks)
  if (rowCount === 0) throw DbsvcError.of('DBS-2110', { service })
  return made
}

/** Nothing else in the statement is text that PostgreSQL has to read. */
function refuseNetworks(error: unknown): never {
  if (error instanceof pg.DatabaseError && error.code === '22P02') {
    throw DbsvcError.of('DBS-2114', { reason: error.message }, error)
  }
  throw error
}
