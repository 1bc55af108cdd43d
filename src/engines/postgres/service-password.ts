import pg from 'pg'
import type { SecretStore } from '../../config/secret-store.ts'
import { clusterName } from './migration/render.ts'
import { newPassword, scramVerifier } from './scram.ts'
import { retryShared } from './shared-catalogue.ts'

export const serviceRole = 'database_service_role'
const secretName = `postgres-${clusterName}-service-password`

/** The shared role's password: the configured one, else the one this machine keeps; null where there is neither. */
export async function readServicePassword(store: SecretStore, configured: string | undefined): Promise<string | null> {
  return configured ?? (await store.read(secretName))
}

/**
 * Gives the shared role a password where it has none. An existing one is left alone: the role belongs to the whole server, and
 * another database's router may log in with it. Where nobody may look whether there is one, a secret that this machine keeps is
 * taken to be it.
 */
export async function ensureServicePassword(
  client: pg.Client,
  store: SecretStore,
  configured: string | undefined,
  onWarning: (text: string) => void,
): Promise<void> {
  const known = await readServicePassword(store, configured)
  const present = await hasPassword(client)
  if (present === true || (present === undefined && known !== null)) {
    if (known === null) {
      onWarning(`${serviceRole} has a password that this machine does not know; set postgres.servicePassword to it`)
    }
    return
  }
  const password = known ?? (await store.create(secretName, newPassword)).value
  const verifier = pg.escapeLiteral(scramVerifier(password))
  await retryShared(() => client.query(`alter role ${serviceRole} password ${verifier}`))
}

/** Undefined where the connected user may not look. */
async function hasPassword(client: pg.Client): Promise<boolean | undefined> {
  const { rows: rights } = await client.query<{ readable: boolean }>(
    `select has_table_privilege('pg_catalog.pg_authid', 'select') as readable`,
  )
  if (rights[0]?.readable !== true) return undefined
  const { rows } = await client.query<{ known: boolean }>(
    'select rolpassword is not null as known from pg_catalog.pg_authid where rolname = $1',
    [serviceRole],
  )
  return rows[0]?.known ?? false
}
