import { engineNames } from '../../core/engine.ts'
import { type NewApiKey, newApiKey } from '../../core/service/api-key.ts'
import type { Session } from '../session.ts'

export interface NewService {
  readonly service: string
  /** Null allows every company. */
  readonly companies: readonly string[] | null
}

/** Registers a service with its first key. */
export async function createService({ client }: Session, { service, companies }: NewService): Promise<NewApiKey> {
  const made = newApiKey()
  await client.query(
    `with service as (
       insert into dbsvc.services (service, companies, engines, verbs) values ($1, $2, $3, array['read', 'write'])
       returning service
     )
     insert into dbsvc.service_keys (key_id, service, digest) select $4, service, $5 from service`,
    [service, companies, engineNames, made.keyId, made.digest],
  )
  return made
}
