import type { DetailedPeerCertificate } from 'node:tls'
import { DbsvcError } from '../../core/errors/error.ts'
import { identitiesOf } from '../../core/service/certificate-identity.ts'
import type { Queries } from '../../engines/postgres/lasting-client.ts'
import { createLastKnown } from '../last-known.ts'
import type { CredentialKind, Verdict } from './credential.ts'
import type { ServiceIdentity } from './identity.ts'
import { keptFor } from './kept-for.ts'
import { type GrantRow, grantColumns, grantsOfRow } from './service-grants.ts'

interface CertificateRow extends GrantRow {
  readonly identity: string
  readonly service: string
  readonly isRevoked: boolean
}

interface KnownCertificate {
  readonly identity: ServiceIdentity
  readonly isRevoked: boolean
}

/** Knows callers that send no token by a certificate that TLS has verified: by one of its names (SPIFFE id or DNS). */
export function openCertificateCredentials(client: Queries, staleForMs: number): CredentialKind {
  const certificates = createLastKnown({
    load: () => readCertificates(client),
    isAnswer: () => false,
    ...keptFor,
    staleForMs,
    most: 1,
  })
  return {
    judge({ authorization: { bearer }, certificate }) {
      if (certificate === undefined || bearer !== undefined) return undefined
      return Promise.resolve(certificates.get('')).then(
        (known) => verdictOn(certificate, known),
        (error: unknown) => {
          throw DbsvcError.of('DBS-2104', { what: 'who calls', retryAfterSeconds: 1 }, error)
        },
      )
    },
    outdate: certificates.outdate,
    close: async () => {},
  }
}

function verdictOn(certificate: DetailedPeerCertificate, known: ReadonlyMap<string, KnownCertificate>): Verdict {
  // A connection may outlive the certificate that it began with.
  if (Date.parse(certificate.valid_to) <= Date.now()) return { refused: 'expired', credential: null }
  const names = identitiesOf(certificate.subjectaltname ?? '')
  const found = names.flatMap((name) => known.get(name) ?? [])
  const [first] = found
  if (first === undefined) return { refused: 'unknown', credential: null }
  // Two services in one certificate are nobody.
  if (found.some(({ identity }) => identity.name !== first.identity.name))
    return { refused: 'claims', credential: null }
  const live = found.find(({ isRevoked }) => !isRevoked)
  return live?.identity ?? { refused: 'revoked', credential: first.identity.credential }
}

async function readCertificates(client: Queries): Promise<ReadonlyMap<string, KnownCertificate>> {
  const { rows } = await client.query<CertificateRow>(
    `select identity, service, ${grantColumns}, revoked_at is not null as "isRevoked"
     from dbsvc.service_certificates join dbsvc.services using (service)`,
  )
  return new Map(
    rows.map((row) => [
      row.identity,
      {
        identity: { name: row.service, credential: row.identity, grants: grantsOfRow(row) },
        isRevoked: row.isRevoked,
      },
    ]),
  )
}
