import pg from 'pg'
import type { Statement } from './context/statement.ts'

/** Names one write of a company, service and user, however often it is sent. */
export interface IdempotencyKey {
  /** 1 to 255 bytes. */
  readonly key: string
  /** SHA-256 of what is asked for, in base64url: the same key with another digest is refused. */
  readonly digest: string
}

/**
 * Takes the key for the transaction, and waits for another one that has it.
 * Fails with what `keyRefusal` recognises.
 */
export const claimKey = ({ key, digest }: IdempotencyKey, keepMs: number): Statement => ({
  text: 'select dbsvc.claim_idempotency_key($1, $2, $3)',
  values: [key, digest, String(keepMs)],
  rowMode: 'text',
  prepare: true,
})

/** Completes the key that the transaction has taken. */
export const recordResponse = ({ key }: IdempotencyKey, response: string): Statement => ({
  text: 'select dbsvc.record_idempotent_response($1, $2)',
  values: [key, response],
  rowMode: 'text',
  prepare: true,
})

/** One row with one column: what was recorded, or null. */
export const recordedResponse = ({ key, digest }: IdempotencyKey): Statement => ({
  text: 'select dbsvc.recorded_response($1, $2)',
  values: [key, digest],
  rowMode: 'text',
  prepare: true,
})

/** `recorded`: the same request is through. `other`: the key was used with another one. `busy`: one with the key is under way. */
export type KeyRefusal = 'recorded' | 'other' | 'busy'

const refusals: Readonly<Record<string, KeyRefusal>> = { DB601: 'recorded', DB602: 'other', DB603: 'busy' }

export const keyRefusal = (error: unknown): KeyRefusal | null =>
  error instanceof pg.DatabaseError ? (refusals[error.code ?? ''] ?? null) : null

/** Removes keys that have expired, some thousands at most, and no others' business. Returns how many. */
export async function pruneKeys(client: Pick<pg.Client, 'query'>): Promise<number> {
  const { rows } = await client.query<{ pruned: number }>('select dbsvc.prune_idempotency_keys() as pruned')
  return rows[0]?.pruned ?? 0
}
