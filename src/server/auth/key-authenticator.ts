import type pg from 'pg'
import { type EngineName, engineNames } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { apiKeyPattern, digestOf } from '../../core/service/api-key.ts'
import type { Authenticator } from './authenticator.ts'
import type { ServiceIdentity, Verb } from './identity.ts'

interface KeyRow {
  readonly keyId: string
  readonly service: string
  readonly companies: readonly string[] | null
  readonly engines: readonly string[]
  readonly verbs: readonly Verb[]
  readonly wholeCompany: boolean
  readonly expiresAt: Date | null
}

const refreshMs = 5_000

/** Knows callers by their API keys, which are read again every few seconds, so that a revoked one is refused soon. */
export function openKeyAuthenticator(client: pg.Client, now: () => number): Authenticator {
  let identities = new Map<string, { identity: ServiceIdentity; expiresAt: number }>()
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined

  const read = async (): Promise<void> => {
    const { rows } = await client.query<KeyRow & { digest: Buffer }>(
      `select key_id as "keyId", service, digest, companies, engines, verbs, whole_company as "wholeCompany",
         expires_at as "expiresAt"
       from dbsvc.service_keys join dbsvc.services using (service) where revoked_at is null`,
    )
    identities = new Map(
      rows.map((row) => [
        row.digest.toString('hex'),
        { identity: identityOf(row), expiresAt: row.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY },
      ]),
    )
    readAt = now()
  }

  return {
    async authenticate({ bearer }) {
      if (bearer === undefined || !apiKeyPattern.test(bearer)) throw refused('an API key is missing')
      if (now() - readAt > refreshMs) {
        reading ??= read().finally(() => {
          reading = undefined
        })
        await reading
      }
      // Looked up by digest: what its time tells is of the digest, from which no key follows.
      const known = identities.get(digestOf(bearer).toString('hex'))
      if (known === undefined || known.expiresAt <= now()) throw refused('the API key is not valid')
      return known.identity
    },
    close: async () => {},
  }
}

function identityOf(row: KeyRow): ServiceIdentity {
  return {
    name: row.service,
    credential: row.keyId,
    grants: {
      companies: row.companies === null ? null : new Set(row.companies),
      engines: new Set(engineNames.filter((name: EngineName) => row.engines.includes(name))),
      verbs: new Set(row.verbs),
      wholeCompany: row.wholeCompany,
    },
  }
}

const refused = (reason: string): DbsvcError => DbsvcError.of('DBS-2101', { reason })
