import type pg from 'pg'
import { paddedKey } from '../context/token.ts'

/** The keys that the database has under the same id and with another secret. */
export async function findMismatchedKeys(
  client: pg.Client,
  keys: ReadonlyMap<string, Buffer>,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ keyId: string; inner: Buffer; outer: Buffer }>(
    'select key_id as "keyId", inner_pad as inner, outer_pad as outer from dbsvc.context_keys where key_id = any ($1)',
    [[...keys.keys()]],
  )
  return rows.flatMap(({ keyId, ...found }) => {
    const secret = keys.get(keyId)
    if (secret === undefined) return []
    const wanted = paddedKey(secret)
    return wanted.inner.equals(found.inner) && wanted.outer.equals(found.outer) ? [] : [keyId]
  })
}
