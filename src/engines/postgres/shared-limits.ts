import type pg from 'pg'
import { renderWherePermitted, tempFileLimit } from './company/login-limits.ts'
import { sharedLogin } from './logins.ts'
import { retryShared } from './shared-catalogue.ts'

/** The limit on temporary files that the shared role has, as it was set; null without one. */
export async function readSharedTempFileLimit(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ value: string }>(
    `select split_part(setting, '=', 2) as value
     from pg_db_role_setting s join pg_roles r on r.oid = s.setrole cross join unnest(s.setconfig) as setting
     where r.rolname = $1 and s.setdatabase = 0 and starts_with(setting, $2 || '=')`,
    [sharedLogin.role, tempFileLimit],
  )
  const value = rows[0]?.value ?? null
  return value === '-1' ? null : value
}

/**
 * Gives the shared role a limit on the temporary files of a session where it has none, and the user may. An existing one is left alone: the
 * role belongs to the whole server.
 */
export async function ensureSharedTempFileLimit(client: pg.Client, kilobytes: number): Promise<void> {
  if ((await readSharedTempFileLimit(client)) !== null) return
  const statement = `alter role ${sharedLogin.role} set ${tempFileLimit} = '${kilobytes}kB';`
  await retryShared(() => client.query(renderWherePermitted(statement)))
}
