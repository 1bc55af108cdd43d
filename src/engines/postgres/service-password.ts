import pg from 'pg'
import type { SecretStore } from '../../config/secret-store.ts'
import { clusterName } from './migration/render.ts'
import { newPassword, scramVerifier } from './scram.ts'

export const serviceRole = 'database_service_role'
const secretName = `postgres-${clusterName}-service-password`

/** The shared role's password: the configured one, else the one this machine keeps; null where there is neither. */
export async function readServicePassword(store: SecretStore, configured: string | undefined): Promise<string | null> {
  return configured ?? (await store.read(secretName))
}

/**
 * Gives the shared role a password where it has none, or where this machine has just made one. An existing password is left
 * alone: the role may serve other databases of the server too.
 */
export async function ensureServicePassword(
  client: pg.Client,
  store: SecretStore,
  configured: string | undefined,
): Promise<void> {
  const { value, created } =
    configured === undefined ? await store.create(secretName, newPassword) : { value: configured, created: false }
  if (!created && (await hasPassword(client))) return
  await client.query(`alter role ${serviceRole} password ${pg.escapeLiteral(scramVerifier(value))}`)
}

async function hasPassword(client: pg.Client): Promise<boolean> {
  const { rows: rights } = await client.query<{ readable: boolean }>(
    `select has_table_privilege('pg_catalog.pg_authid', 'select') as readable`,
  )
  // Without the right to look, the password that was set when the secret was made is taken to be there.
  if (rights[0]?.readable !== true) return true
  const { rows } = await client.query<{ known: boolean }>(
    'select rolpassword is not null as known from pg_catalog.pg_authid where rolname = $1',
    [serviceRole],
  )
  return rows[0]?.known ?? false
}
