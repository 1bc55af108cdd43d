import type pg from 'pg'
import { observerLogin, routerLogin } from '../logins.ts'

/** A right as GRANT and REVOKE take it: `select` or `select (name)` on `table dbsvc.companies`. */
export interface LoginRight {
  readonly role: string
  readonly privilege: string
  readonly object: string
}

export interface LoginRightFaults {
  readonly excess: readonly LoginRight[]
  readonly missing: readonly LoginRight[]
}

const tables = (...names: readonly string[]): string[] => names.map((name) => `select on table dbsvc.${name}`)
const columns = (table: string, ...names: readonly string[]): string[] =>
  names.map((name) => `select (${name}) on table dbsvc.${table}`)
const routines = (...signatures: readonly string[]): string[] =>
  signatures.map((signature) => `execute on routine dbsvc.${signature}`)

const both = [
  'usage on schema dbsvc',
  ...routines('make_probe()', 'take_left_over_probes()', 'drop_probe(text)', 'leave_probe(text)'),
]

// As 0020_logins.sql and the next ones grant them; the end-to-end test holds one against the other.
const granted: Readonly<Record<string, readonly string[]>> = {
  [routerLogin.role]: [
    ...both,
    ...columns('companies', 'company_id', 'tier', 'limits', 'state'),
    ...tables('targets', 'exemptions', 'time_series', 'services', 'service_keys', 'service_certificates'),
    ...routines(
      'prune_idempotency_keys()',
      'record_authentication_failures(timestamp with time zone[],text[],text[],text[],bigint[],text[])',
      'forget_authentication_failures(integer)',
      'lookup_services(interval,text,boolean)',
      'register_service(interval,text,text,integer,text,text,jsonb)',
      'heartbeat(interval,text)',
      'deregister_service(text)',
    ),
  ],
  [observerLogin.role]: [
    ...both,
    ...tables('companies', 'company_events', 'placements', 'runs', 'run_sessions', 'run_results', 'targets', 'ledger'),
    ...tables('progress', 'exemptions', 'time_series', 'services', 'service_certificates', 'authentication_failures'),
    ...columns('service_keys', 'key_id', 'service', 'networks', 'created_at', 'expires_at', 'revoked_at', 'last_four'),
    ...columns('context_keys', 'key_id', 'created_at', 'retires_at'),
    ...routines('relations_of(text[])', 'unprotected(text,text[])', 'private_schema_of(text)', 'is_span(interval)'),
    ...routines('context_key_digests()'),
    ...routines(
      'missing_partitions(text,text,timestamp with time zone)',
      'expired_pieces(timestamp with time zone,text,text)',
    ),
  ],
}

/** What only a superuser can grant, and what monitoring may be given. */
const views = ['pg_stat_activity', 'pg_stat_replication', 'pg_stat_ssl', 'pg_locks']
const optional: Readonly<Record<string, readonly string[]>> = {
  [routerLogin.role]: [],
  [observerLogin.role]: [
    ...views.map((view) => `select on table pg_catalog.${view}`),
    ...['pg_stat_get_activity(integer)', 'pg_lock_status()', 'pg_blocking_pids(integer)'].map(
      (signature) => `execute on routine ${signature}`,
    ),
  ],
}

const kindOf = `case c.relkind when 'S' then 'sequence' else 'table' end`
const query = `
  select distinct r.rolname as role, lower(o.privilege) || o.columns || case when o.grantable then ' with grant option' else '' end as privilege,
    o.object
  from (
    select acl.grantee, acl.privilege_type as privilege, '' as columns, acl.is_grantable as grantable, format('schema %I', n.nspname) as object
      from pg_namespace n cross join lateral aclexplode(n.nspacl) acl
    union all
    select acl.grantee, acl.privilege_type, '', acl.is_grantable, format('database %I', d.datname)
      from pg_database d cross join lateral aclexplode(d.datacl) acl
      where d.datname = current_database() and acl.privilege_type <> 'CONNECT'
    union all
    select acl.grantee, acl.privilege_type, '', acl.is_grantable, format('%s %I.%I', ${kindOf}, n.nspname, c.relname)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral aclexplode(c.relacl) acl
    union all
    select acl.grantee, acl.privilege_type, format(' (%I)', a.attname), acl.is_grantable, format('table %I.%I', n.nspname, c.relname)
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      cross join lateral aclexplode(a.attacl) acl where a.attacl is not null
    union all
    select acl.grantee, acl.privilege_type, '', acl.is_grantable, format('routine %s', p.oid::regprocedure)
      from pg_proc p cross join lateral aclexplode(p.proacl) acl where p.proacl is not null
    union all
    select acl.grantee, acl.privilege_type, '', acl.is_grantable, format('language %I', l.lanname)
      from pg_language l cross join lateral aclexplode(l.lanacl) acl
    union all
    select acl.grantee, acl.privilege_type, '', acl.is_grantable, format('foreign server %I', s.srvname)
      from pg_foreign_server s cross join lateral aclexplode(s.srvacl) acl
    union all
    select acl.grantee, acl.privilege_type, '', acl.is_grantable, format('parameter %I', p.parname)
      from pg_parameter_acl p cross join lateral aclexplode(p.paracl) acl
  ) o join pg_roles r on r.oid = o.grantee
  where r.rolname = any ($1) order by 1, 3, 2`

/** Where the rights of dbsvc_router and dbsvc_observer in this database differ from those that dbsvc gives them. */
export async function readLoginRightFaults(client: pg.Client): Promise<LoginRightFaults> {
  const { rows } = await client.query<LoginRight>(query, [Object.keys(granted)])
  const nameOf = ({ privilege, object }: LoginRight): string => `${privilege} on ${object}`
  // What may be passed on is held too.
  const held = new Set(rows.map((right) => `${right.role} ${nameOf(right).replace(' with grant option', '')}`))
  const mayHave = (right: LoginRight): boolean =>
    [granted, optional].some((rights) => rights[right.role]?.includes(nameOf(right)))
  return {
    excess: rows.filter((right) => !mayHave(right)),
    missing: Object.entries(granted).flatMap(([role, rights]) =>
      rights.filter((right) => !held.has(`${role} ${right}`)).map((right) => parse(role, right)),
    ),
  }
}

function parse(role: string, right: string): LoginRight {
  const at = right.indexOf(' on ')
  return { role, privilege: right.slice(0, at), object: right.slice(at + ' on '.length) }
}
