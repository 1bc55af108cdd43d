import type pg from 'pg'

/** What 0006_hardening.sql and 0004_protection.sql took from PUBLIC, and PUBLIC has. */
export interface Hardening {
  readonly functions: readonly string[]
  readonly views: readonly string[]
  /** Whether everybody may use plpgsql. */
  readonly language: boolean
  readonly create: readonly { readonly right: string; readonly place: string }[]
  /** Whether DROP OWNED is refused to companies, where it can be: the guard needs a superuser to be made. */
  readonly dropOwned: boolean
  /** Comparisons that are not marked LEAKPROOF. */
  readonly unmarked: readonly string[]
}

// As 0006_hardening.sql has them; the end-to-end test holds one against the other.
const revokedNames = `p.proname in (
    'set_config', 'setseed', 'lastval', 'pg_notify', 'pg_listening_channels', 'pg_notification_queue_usage',
    'pg_terminate_backend', 'pg_cancel_backend', 'pg_blocking_pids', 'pg_safe_snapshot_blocking_pids',
    'pg_export_snapshot', 'pg_logical_emit_message', 'pg_stat_get_activity', 'pg_stat_get_progress_info', 'pg_lock_status',
    'pg_prepared_statement', 'pg_prepared_xact', 'pg_cursor', 'ts_stat', 'ts_rewrite', 'loread', 'lowrite', 'lo_import', 'lo_export',
    'query_to_xml', 'query_to_xmlschema', 'query_to_xml_and_xmlschema'
  )
  or p.proname ~ '^(pg_(try_)?advisory_|lo_|pg_stat_get_backend_|(cursor|table|schema|database)_to_xml)'`
const leakproofNames = `p.proname ~ '^(numeric_(eq|ne|lt|le|gt|ge)|(timestamptz_(eq|ne|lt|le|gt|ge)_date)|(date_(eq|ne|lt|le|gt|ge)_timestamptz))$'`
const revokedViews = ['activity', 'replication', 'ssl', 'gssapi'].map((name) => `pg_stat_${name}`)
const views = [...revokedViews, 'pg_locks', 'pg_prepared_statements', 'pg_prepared_xacts', 'pg_cursors']

const builtin = `pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f'`
const isPublic = (acl: string, privilege: string): string =>
  `exists (select from aclexplode(${acl}) a where a.grantee = 0 and a.privilege_type = '${privilege}')`

export async function readHardening(client: pg.Client): Promise<Hardening> {
  const { rows } = await client.query<Hardening>(
    `select
       array(select p.oid::regprocedure::text from ${builtin} and (${revokedNames})
         and ${isPublic("coalesce(p.proacl, acldefault('f', p.proowner))", 'EXECUTE')} order by 1) as functions,
       array(select c.relname::text from pg_class c where c.relnamespace = 'pg_catalog'::regnamespace and c.relname = any ($1)
         and ${isPublic("coalesce(c.relacl, acldefault('r', c.relowner))", 'SELECT')} order by 1) as views,
       (select ${isPublic("coalesce(l.lanacl, acldefault('l', l.lanowner))", 'USAGE')} from pg_language l where l.lanname = 'plpgsql') as language,
       (select coalesce(jsonb_agg(jsonb_build_object('right', o.right, 'place', o.place)), '[]') from (
         select 'create' as right, 'schema public' as place from pg_namespace n where n.nspname = 'public'
           and ${isPublic("coalesce(n.nspacl, acldefault('n', n.nspowner))", 'CREATE')}
         union all
         select 'temporary', format('database %I', d.datname) from pg_database d where d.datname = current_database()
           and ${isPublic("coalesce(d.datacl, acldefault('d', d.datdba))", 'TEMPORARY')}
       ) o) as create,
       exists (select from pg_event_trigger t where t.evtname = 'dbsvc_refuse_drop_owned' and t.evtenabled in ('O', 'A')
         and t.evtfoid = to_regprocedure('dbsvc.refuse_drop_owned()')) as "dropOwned",
       array(select p.oid::regprocedure::text from ${builtin} and ${leakproofNames} and not p.proleakproof order by 1) as unmarked`,
    [views],
  )
  const [found] = rows
  if (found === undefined) throw new Error('a select without from gave no row')
  return found
}
