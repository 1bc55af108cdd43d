/** Relations that no company is to reach. */
export const hostileRelations = [
  'tenant_company_xyz.users',
  'tenant_company_xyz.trading_history',
  'tenant_company_xyz.trading_signals',
  '"tenant_company_xyz"."mt5_accounts"',
  'private_shared.trading_ticks',
  'private_shared.trading_ticks_default',
  'public.note_copies',
  'public.measures_2026',
  'dbsvc.companies',
  'dbsvc.context_keys',
  'pg_namespace',
  'pg_catalog.pg_class',
  'pg_stat_activity',
  'pg_stat_user_tables',
  'pg_stats',
  'pg_policies',
  'information_schema.tables',
  'pg_temp.users',
] as const

/** Calls and casts that no company is to make. */
export const hostileCalls = [
  `set_config('app.current_company_id', 'company_xyz', true)`,
  `current_setting('app.context')`,
  `pg_sleep(0)`,
  `query_to_xml('select * from notes', true, true, '')`,
  `pg_relation_size('public.market_data')`,
  `'tenant_company_xyz.users'::regclass`,
  `to_regclass('tenant_company_xyz.users')`,
  `pg_advisory_lock(1)`,
  `pg_notify('a', 'b')`,
  `pg_backend_pid()`,
  `nextval('public.market_data_id_seq')`,
  `dbsvc.current_company()`,
  `has_table_privilege('tenant_company_xyz.users', 'select')`,
  `pg_read_file('PG_VERSION')`,
  `lo_create(0)`,
  `version()`,
] as const

/** Statements of other kinds. */
export const hostileStatements = [
  `set local app.current_company_id = 'company_xyz'`,
  'set row_security = off',
  'reset all',
  'commit',
  'lock table notes',
  'explain analyze select * from market_data',
  'copy notes to stdout',
  'truncate notes',
  'create temp table t as select * from notes',
  'do $$ begin end $$',
  'declare c cursor for select * from notes',
  'prepare p as select * from notes',
  'notify a',
  'drop policy company_proof on users',
] as const
