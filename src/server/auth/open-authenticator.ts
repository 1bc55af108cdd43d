import type { Config } from '../../config/schema.ts'
import type { LastingClient } from '../../engines/postgres/lasting-client.ts'
import type { Authenticator } from './authenticator.ts'
import { openCertificateCredentials } from './certificate-credentials.ts'
import { createAuthenticator } from './create-authenticator.ts'
import { type AuthenticationFailure, openFailureAudit } from './failure-audit.ts'
import { createFailureLimit } from './failure-limit.ts'
import { openJwks } from './jwks.ts'
import { openJwtCredentials } from './jwt-credentials.ts'
import { openKeyCredentials } from './key-credentials.ts'

/** @param onFailure is told of the first of alike failures of a minute. @throws DBS-2105 the file with the set of keys */
export async function openAuthenticator(
  client: LastingClient,
  { staleForMs, failuresPerMinute, keepFailuresDays, jwt }: Config['server']['auth'],
  onFailure: (failure: AuthenticationFailure) => void,
): Promise<Authenticator> {
  const tokens = jwt === undefined ? [] : [openJwtCredentials(jwt, await openJwks(jwt))]
  const kinds = [openKeyCredentials(client, staleForMs), ...tokens, openCertificateCredentials(client, staleForMs)]
  // Of control migration 0023; a router that misses it asks again as createLastKnown does.
  client.listen('dbsvc_credentials', () => {
    for (const kind of kinds) kind.outdate?.()
  })
  return createAuthenticator(
    kinds,
    createFailureLimit(failuresPerMinute, () => performance.now()),
    openFailureAudit(client, keepFailuresDays, onFailure),
  )
}
