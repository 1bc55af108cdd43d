import { DbsvcError } from '../../core/errors/error.ts'
import { type NewApiKey, newApiKey } from '../../core/service/api-key.ts'
import type { Session } from '../session.ts'

export interface Rotation {
  readonly made: NewApiKey
  /** Of the new key. */
  readonly expiresAt: Date | null
  /** The key that goes; null where none was alive. */
  readonly older: { readonly keyId: string; readonly endsAt: Date } | null
}

interface LiveKey {
  readonly keyId: string
  readonly expiresAt: Date | null
}

/**
 * Gives a service a second key, and its present one an end. The new one is let in from the same networks, and lives as long as
 * its predecessor was given unless told otherwise. @throws DBS-2112, DBS-2113
 */
export async function rotateServiceKey(
  { client }: Session,
  service: string,
  { graceMs, expiresAt }: { readonly graceMs: number; readonly expiresAt: Date | undefined },
): Promise<Rotation> {
  await client.query('begin')
  try {
    // Whoever rotates the same service meanwhile waits here, and then finds two keys.
    const { rowCount } = await client.query('select from dbsvc.services where service = $1 for update', [service])
    if (rowCount === 0) throw DbsvcError.of('DBS-2112', { service })
    const { rows: live } = await client.query<LiveKey>(
      `select key_id as "keyId", expires_at as "expiresAt" from dbsvc.service_keys
       where service = $1 and revoked_at is null and (expires_at is null or expires_at > now())
       order by created_at, key_id`,
      [service],
    )
    const [oldest, another] = live
    if (oldest !== undefined && another !== undefined) {
      const endsAt = oldest.expiresAt?.toISOString() ?? null
      throw DbsvcError.of('DBS-2113', { service, keyId: oldest.keyId, endsAt })
    }
    const made = newApiKey()
    const { rows } = await client.query<{ expiresAt: Date | null }>(
      `insert into dbsvc.service_keys (key_id, service, digest, last_four, networks, expires_at)
       select $2, $1, $3, $4, networks, coalesce($5::timestamptz, now() + (expires_at - created_at))
       from (select) as one left join lateral (
         select * from dbsvc.service_keys where service = $1 order by created_at desc, key_id limit 1
       ) as newest on true
       returning expires_at as "expiresAt"`,
      [service, made.keyId, made.digest, made.lastFour, expiresAt ?? null],
    )
    const { rows: ended } = await client.query<{ keyId: string; endsAt: Date }>(
      `update dbsvc.service_keys set expires_at = least(expires_at, now() + $2 * interval '1 ms') where key_id = $1
       returning key_id as "keyId", expires_at as "endsAt"`,
      [oldest?.keyId ?? null, graceMs],
    )
    await client.query('commit')
    return { made, expiresAt: rows[0]?.expiresAt ?? null, older: ended[0] ?? null }
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}
