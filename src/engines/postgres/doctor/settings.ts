import type pg from 'pg'

export interface ServerSettings {
  /** As the server's configuration has them, times in milliseconds; those that this version lacks are missing. */
  readonly values: Readonly<Record<string, string | undefined>>
  /** Companies with a LOGIN role of their own. */
  readonly loginRoles: number
}

/** What the server's configuration says: what the connected role or database sets for itself is looked at elsewhere. */
export async function readServerSettings(client: pg.Client, names: readonly string[]): Promise<ServerSettings> {
  const { rows } = await client.query<{ values: Record<string, string>; loginRoles: number }>(
    `select (select jsonb_object_agg(name, case when source in ('database', 'user', 'database user', 'client') then reset_val else setting end)
         from pg_settings where name = any ($1)) as values,
       (select count(*)::integer from dbsvc.companies where login_role is not null) as "loginRoles"`,
    [names],
  )
  return { values: rows[0]?.values ?? {}, loginRoles: rows[0]?.loginRoles ?? 0 }
}
