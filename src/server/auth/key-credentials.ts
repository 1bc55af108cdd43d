import { timingSafeEqual } from 'node:crypto'
import type { BlockList } from 'node:net'
import { DbsvcError } from '../../core/errors/error.ts'
import { apiKeyPattern, digestOf } from '../../core/service/api-key.ts'
import type { Queries } from '../../engines/postgres/lasting-client.ts'
import { createLastKnown } from '../last-known.ts'
import { includes, networksOf } from '../networks.ts'
import type { CredentialKind, Refusal, Verdict } from './credential.ts'
import type { ServiceIdentity } from './identity.ts'
import { keptFor } from './kept-for.ts'
import { type GrantRow, grantColumns, grantsOfRow } from './service-grants.ts'

interface KeyRow extends GrantRow {
  readonly keyId: string
  readonly digest: Buffer
  readonly service: string
  readonly expiresAt: Date | null
  readonly isRevoked: boolean
  /** Addresses and prefixes, such as 10.0.0.0/8; null lets it in from everywhere. */
  readonly networks: readonly string[] | null
}

interface KnownKey {
  readonly identity: ServiceIdentity
  readonly digest: Buffer
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  readonly isRevoked: boolean
  readonly networks: BlockList | null
}

// A key that is not known may have been made just now.
const doubtfulMs = 1_000
// Enough to find one, while the whole digest is compared in constant time.
const indexBytes = 8

/** Knows callers by their API keys. @param staleForMs how long the known ones are still taken while PostgreSQL does not answer */
export function openKeyCredentials(client: Queries, staleForMs: number): CredentialKind {
  const keys = createLastKnown({
    load: () => readKeys(client),
    isAnswer: () => false,
    ...keptFor,
    staleForMs,
    most: 1,
  })
  const find = async (digest: Buffer, withinMs?: number): Promise<KnownKey | undefined> => {
    const known = await Promise.resolve(keys.get('', withinMs)).catch((error: unknown) => {
      throw DbsvcError.of('DBS-2104', { what: 'who calls', retryAfterSeconds: 1 }, error)
    })
    const found = known.get(indexOf(digest))
    return found !== undefined && timingSafeEqual(found.digest, digest) ? found : undefined
  }
  return {
    judge({ authorization: { bearer }, address }) {
      if (!bearer?.startsWith('dbk_')) return undefined
      if (!apiKeyPattern.test(bearer)) return { refused: 'malformed', credential: null }
      const digest = digestOf(bearer)
      return find(digest)
        .then((key) => key ?? find(digest, doubtfulMs))
        .then((key) => verdictOn(key, address))
    },
    outdate: keys.outdate,
    close: async () => {},
  }
}

function verdictOn(key: KnownKey | undefined, address: string): Verdict {
  if (key === undefined) return { refused: 'unknown', credential: null }
  const refuse = (refused: Refusal['refused']): Refusal => ({ refused, credential: key.identity.credential })
  if (key.isRevoked) return refuse('revoked')
  if (key.expiresAt <= Date.now()) return refuse('expired')
  if (key.networks !== null && !includes(key.networks, address)) return refuse('network')
  return key.identity
}

async function readKeys(client: Queries): Promise<ReadonlyMap<string, KnownKey>> {
  const { rows } = await client.query<KeyRow>(
    `select key_id as "keyId", service, digest, ${grantColumns}, expires_at as "expiresAt", revoked_at is not null as "isRevoked", networks::text[]
     from dbsvc.service_keys join dbsvc.services using (service)
     where coalesce(revoked_at, expires_at, now()) > now() - interval '90 days'`,
  )
  return new Map(
    rows.map((row) => [
      indexOf(row.digest),
      {
        identity: { name: row.service, credential: row.keyId, grants: grantsOfRow(row) },
        digest: row.digest,
        expiresAt: row.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
        isRevoked: row.isRevoked,
        networks: row.networks === null ? null : networksOf(row.networks),
      },
    ]),
  )
}

const indexOf = (digest: Buffer): string => digest.toString('hex', 0, indexBytes)
