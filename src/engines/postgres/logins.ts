import pg from 'pg'
import type { SecretStore } from '../../config/secrets/store.ts'
import type { PostgresConfig } from './connection.ts'
import { clusterName } from './migration/render.ts'
import { newPassword, scramVerifier } from './scram.ts'
import { retryShared } from './shared-catalogue.ts'

/** A role of dbsvc that logs in, beside the configured user, who migrates. */
export interface Login {
  readonly role: string
  /** Of the configuration; without it a password is made and kept under the secret's name. */
  readonly setting: 'servicePassword' | 'routerPassword' | 'observerPassword'
  readonly secret: string
}

const loginOf = (role: string, kind: 'service' | 'router' | 'observer'): Login => ({
  role,
  setting: `${kind}Password`,
  secret: `postgres-${clusterName}-${kind}-password`,
})

/** Requests of companies arrive as it. */
export const sharedLogin = loginOf('database_service_role', 'service')
/** The router does the rest as it: who calls, which companies there are, what may be named. */
export const routerLogin = loginOf('dbsvc_router', 'router')
/** Looks at everything but rows of companies and keys, and changes nothing. */
export const observerLogin = loginOf('dbsvc_observer', 'observer')

export const logins: readonly Login[] = [sharedLogin, routerLogin, observerLogin]

type Passwords = Pick<PostgresConfig, Login['setting']>

/** A login's password: the configured one, else the one this machine keeps; null where there is neither. */
export async function readPassword(store: SecretStore, login: Login, configured: Passwords): Promise<string | null> {
  return configured[login.setting] ?? (await store.read(login.secret))
}

/**
 * Gives each login a password where it has none. An existing one is left alone: the role belongs to the whole server, and another
 * database's router may log in with it. Where nobody may look whether there is one, a secret that this machine keeps is taken to be it.
 */
export async function ensurePasswords(
  client: pg.Client,
  store: SecretStore,
  configured: Passwords,
  onWarning: (text: string) => void,
): Promise<void> {
  const present = await rolesWithPassword(client)
  for (const login of logins) {
    const known = await readPassword(store, login, configured)
    if (present?.has(login.role) || (present === undefined && known !== null)) {
      if (known === null) {
        onWarning(`${login.role} has a password that this machine does not know; set postgres.${login.setting} to it`)
      }
      continue
    }
    const password = known ?? (await store.create(login.secret, newPassword)).value
    const verifier = pg.escapeLiteral(scramVerifier(password))
    await retryShared(() => client.query(`alter role ${login.role} password ${verifier}`))
  }
}

/** Undefined where the connected user may not look. */
async function rolesWithPassword(client: pg.Client): Promise<ReadonlySet<string> | undefined> {
  const { rows: rights } = await client.query<{ readable: boolean }>(
    `select has_table_privilege('pg_catalog.pg_authid', 'select') as readable`,
  )
  if (rights[0]?.readable !== true) return undefined
  const { rows } = await client.query<{ role: string }>(
    'select rolname as role from pg_catalog.pg_authid where rolpassword is not null and rolname = any ($1)',
    [logins.map(({ role }) => role)],
  )
  return new Set(rows.map(({ role }) => role))
}
