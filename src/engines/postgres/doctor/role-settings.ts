import type pg from 'pg'

/** What sessions begin with; names of roles and databases are quoted where SQL wants them so. */
export interface RoleSetting {
  /** Null where it holds for every role. */
  readonly role: string | null
  /** The company whose LOGIN role that is. */
  readonly company: string | null
  /** Null where it holds in every database. */
  readonly database: string | null
  readonly name: string
  readonly value: string
}

/** Settings of this database, and those of dbsvc's roles, companies' LOGIN roles and the connected user that hold in it. */
export async function readRoleSettings(client: pg.Client): Promise<RoleSetting[]> {
  const { rows } = await client.query<RoleSetting>(
    `select quote_ident(r.rolname) as role, c.company_id as company, quote_ident(d.datname) as database,
       split_part(setting, '=', 1) as name, substr(setting, strpos(setting, '=') + 1) as value
     from pg_db_role_setting s
     left join pg_roles r on r.oid = s.setrole
     left join pg_database d on d.oid = s.setdatabase
     left join dbsvc.companies c on c.login_role = r.rolname
     cross join unnest(s.setconfig) as setting
     where (s.setdatabase = 0 or d.datname = current_database()) and (
       s.setrole = 0 or c.company_id is not null
       or r.rolname in (current_user, 'dbsvc_owner', 'dbsvc_keeper', 'dbsvc_companies', 'database_service_role', 'dbsvc_router', 'dbsvc_observer')
     )
     order by 1 nulls first, 3 nulls first, 4`,
  )
  return rows
}

export interface LoginWalls {
  /** How many sessions each companies' LOGIN role may have, by its name; -1 is no limit. */
  readonly connections: Readonly<Record<string, number>>
  /** Whether the connected user may limit temporary files. */
  readonly mayLimitFiles: boolean
  /** Quoted where SQL wants it so. */
  readonly user: string
}

/** What of the limits of LOGIN roles is no setting, and who may set the one that only superusers may. */
export async function readLoginWalls(client: pg.Client): Promise<LoginWalls> {
  const { rows } = await client.query<LoginWalls>(
    `select
       (select coalesce(jsonb_object_agg(r.rolname, r.rolconnlimit), '{}')
        from pg_roles r join dbsvc.companies c on c.login_role = r.rolname) as connections,
       has_parameter_privilege('temp_file_limit', 'set') as "mayLimitFiles", quote_ident(session_user) as user`,
  )
  const [walls] = rows
  if (walls === undefined) throw new Error('a select without from gave no row')
  return walls
}
