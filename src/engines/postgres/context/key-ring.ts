import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import type { SecretStore } from '../../../config/secrets/store.ts'
import { DbsvcError } from '../../../core/errors/error.ts'
import { changeKeyFile, createKeyFile, type KeyFile, readKeyFile } from './key-file.ts'
import { longestTtlMs, newSigningKey, paddedKey, type SigningKey } from './token.ts'

/** A context key as the database has it. */
export interface ContextKey {
  readonly keyId: string
  /** `current` signs on this machine, `accepted` still verifies, `retiring` will not from `retiresAt` on, `retired` no longer does. */
  readonly state: 'current' | 'accepted' | 'retiring' | 'retired'
  /** Whether this machine has its secret. */
  readonly held: boolean
  readonly createdAt: Date
  readonly retiresAt: Date | null
}

const longestReplayMs = 30_000

/**
 * Sees to it that this machine and the cluster have a context key in common; does nothing where they have. The file is written
 * first: a crash in between leaves a key that the next run brings to the database.
 * @throws DBS-1603 where the database has keys that this machine lacks, or this machine's key was retired there
 */
export async function ensureContextKey(client: pg.Client, store: SecretStore, cluster: string): Promise<void> {
  const known = await listContextKeys(client, store, cluster)
  const file = await readKeyFile(store, cluster)
  const complete = file !== null && [...file.keys.keys()].every((id) => known.some(({ keyId }) => keyId === id))
  const current = known.find(({ keyId }) => keyId === file?.current)
  if (complete && current !== undefined && current.state !== 'retired') return
  await makeContextKey(client, store, cluster)
}

async function makeContextKey(client: pg.Client, store: SecretStore, cluster: string): Promise<void> {
  await client.query('begin')
  try {
    // Of two machines that set the cluster up at once, the second must see the first one's key.
    await client.query('lock table dbsvc.context_keys in share row exclusive mode')
    const known = await listContextKeys(client, store, cluster)
    const live = known.filter((key) => key.state !== 'retired')
    let file = await readKeyFile(store, cluster)
    if (live.length > 0 && !live.some((key) => key.held)) throw missing(cluster)
    file ??= await createKeyFile(store, cluster, () => keyFileOf(newSigningKey()))
    for (const [keyId, secret] of file.keys) {
      if (!known.some((key) => key.keyId === keyId)) await insertKey(client, { keyId, secret })
    }
    const { current } = file
    if (known.some((key) => key.keyId === current && key.state === 'retired')) throw missing(cluster)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

/**
 * Makes a new key and signs with it from now on; the old one stays valid until it is retired. The new key is committed, and
 * replayed by every streaming replica, before this machine's file names it.
 * @throws DBS-1601 where a replica does not catch up within 30 s; the key then signs nothing
 */
export async function rotateContextKey(
  client: pg.Client,
  store: SecretStore,
  cluster: string,
): Promise<{ keyId: string; previous: string | null }> {
  const key = newSigningKey()
  await insertKey(client, key)
  await waitForReplicas(client, key.keyId)
  let previous: string | null = null
  await changeKeyFile(store, cluster, (file) => {
    previous = file?.current ?? null
    return keyFileOf(key, file)
  })
  return { keyId: key.keyId, previous }
}

/**
 * Sets when a key stops being accepted: after `afterMs`, and never before the last token signed with it has expired. A key that
 * is retiring already keeps its earlier time. This machine forgets the secret.
 * @throws DBS-1602 unknown key, DBS-1603 no key of the cluster on this machine, DBS-1605 the key in use here
 */
export async function retireContextKey(
  client: pg.Client,
  store: SecretStore,
  cluster: string,
  keyId: string,
  afterMs: number,
): Promise<{ retiresAt: Date }> {
  const file = await readKeyFile(store, cluster)
  if (file === null) throw missing(cluster)
  if (file.current === keyId) throw DbsvcError.of('DBS-1605', { keyId })
  const { rows } = await client.query<{ retires_at: Date }>(
    `update dbsvc.context_keys
     set retires_at = least(coalesce(retires_at, 'infinity'), now() + make_interval(secs => $2::double precision / 1000))
     where key_id = $1 returning retires_at`,
    [keyId, Math.max(afterMs, longestTtlMs)],
  )
  const retired = rows[0]
  if (retired === undefined) throw DbsvcError.of('DBS-1602', { keyId })
  if (file.keys.has(keyId)) {
    await changeKeyFile(store, cluster, (now) => {
      const { current, keys } = now ?? file
      return { current, keys: new Map([...keys].filter(([id]) => id !== keyId)) }
    })
  }
  return { retiresAt: retired.retires_at }
}

/** The cluster's keys, the youngest first. */
export async function listContextKeys(client: pg.Client, store: SecretStore, cluster: string): Promise<ContextKey[]> {
  const file = await readKeyFile(store, cluster)
  const { rows } = await client.query<{ key_id: string; created_at: Date; retires_at: Date | null; retired: boolean }>(
    `select key_id, created_at, retires_at, coalesce(retires_at <= now(), false) as retired
     from dbsvc.context_keys order by created_at desc, key_id`,
  )
  return rows.map((row) => ({
    keyId: row.key_id,
    state: stateOf(row.retired, row.retires_at, row.key_id === file?.current),
    held: file?.keys.has(row.key_id) ?? false,
    createdAt: row.created_at,
    retiresAt: row.retires_at,
  }))
}

function stateOf(retired: boolean, retiresAt: Date | null, current: boolean): ContextKey['state'] {
  if (retired) return 'retired'
  if (retiresAt !== null) return 'retiring'
  return current ? 'current' : 'accepted'
}

async function insertKey(client: pg.Client, { keyId, secret }: SigningKey): Promise<void> {
  const { inner, outer } = paddedKey(secret)
  await client.query('insert into dbsvc.context_keys (key_id, inner_pad, outer_pad) values ($1, $2, $3)', [
    keyId,
    inner,
    outer,
  ])
}

/** A replica that has not replayed the key would refuse what is signed with it. */
async function waitForReplicas(client: pg.Client, keyId: string): Promise<void> {
  const { rows: rights } = await client.query<{ may: boolean; position: string }>(
    `select has_table_privilege('pg_catalog.pg_stat_replication', 'select') as may, pg_current_wal_insert_lsn() as position`,
  )
  const right = rights[0]
  if (right?.may !== true) return
  const giveUpAt = performance.now() + longestReplayMs
  for (;;) {
    const { rows } = await client.query<{ replica: string }>(
      `select application_name as replica from pg_catalog.pg_stat_replication
       where state = 'streaming' and replay_lsn < $1::pg_lsn`,
      [right.position],
    )
    if (rows.length === 0) return
    if (performance.now() > giveUpAt) {
      const replicas = rows.map((row) => row.replica).join(', ')
      throw DbsvcError.of('DBS-1601', { reason: `${replicas} has not replayed context key ${keyId} within 30 s` })
    }
    await delay(100)
  }
}

function keyFileOf(key: SigningKey, others?: KeyFile | null): KeyFile {
  return { current: key.keyId, keys: new Map([...(others?.keys ?? []), [key.keyId, key.secret]]) }
}

const missing = (cluster: string): DbsvcError => DbsvcError.of('DBS-1603', { place: `cluster ${cluster}` })
