import { createHash } from 'node:crypto'
import type pg from 'pg'
import { paddedKey } from '../context/token.ts'

/** The keys that the database has under the same id and with another secret. */
export async function findMismatchedKeys(
  client: pg.Client,
  keys: ReadonlyMap<string, Buffer>,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ keyId: string; digest: Buffer }>(
    'select key_id as "keyId", digest from dbsvc.context_key_digests() where key_id = any ($1)',
    [[...keys.keys()]],
  )
  return rows.flatMap(({ keyId, digest }) => {
    const secret = keys.get(keyId)
    if (secret === undefined) return []
    const { inner, outer } = paddedKey(secret)
    return createHash('sha256').update(inner).update(outer).digest().equals(digest) ? [] : [keyId]
  })
}
