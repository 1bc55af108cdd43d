import { distrust, type Mechanism } from '../runner/mechanism.ts'
import type { Technique } from '../runner/technique.ts'

const common = {
  entry: 'pool',
  secret: 'how the next company on the connection is answered',
  refusal: /^(DBS-1604|42501|25P02|25001|25006) /,
  honest: 'select * from notes',
} as const

/** Settings of a session, with a value that changes what the next one is told. */
const settings: readonly (readonly [name: string, value: string])[] = [
  ['datestyle', 'German, DMY'],
  ['intervalstyle', 'sql_standard'],
  ['timezone', 'Pacific/Kiritimati'],
  ['extra_float_digits', '-15'],
  ['bytea_output', 'escape'],
  ['transform_null_equals', 'on'],
  ['array_nulls', 'off'],
  ['xmlbinary', 'hex'],
  ['quote_all_identifiers', 'on'],
  ['default_transaction_isolation', 'serializable'],
  ['synchronous_commit', 'off'],
  ['enable_indexscan', 'off'],
  ['plan_cache_mode', 'force_generic_plan'],
  ['join_collapse_limit', '1'],
  ['default_text_search_config', 'pg_catalog.danish'],
  ['application_name', 'impostor'],
  ['gin_fuzzy_search_limit', '1'],
]
const sql = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Settings of the role itself would outlive every connection. */
const distrustOfRoleSettings: Mechanism = {
  name: 'distrust of connections, for settings of the role',
  off: async () => {},
  on: async (client) => void (await client.query('alter role database_service_role reset all')),
}

export const techniques: readonly Technique[] = [
  ...settings.flatMap(([name, value]): Technique[] => {
    const seen = new RegExp(`"seen":"${value.replace(/[.+]/g, '\\$&')}"`)
    return [
      {
        ...common,
        name: `change ${name} for the next`,
        mechanism: distrust,
        success: { victim: seen },
        victim: `select current_setting('${name}') as seen`,
        variants: {
          SET: `set ${name} = ${sql(value)}`.replace(`'German, DMY'`, 'German, DMY'),
          'SET SESSION': `set session ${name} to ${sql(value)}`.replace(`'German, DMY'`, 'German, DMY'),
        },
      },
    ]
  }),
  {
    ...common,
    name: 'make the next one read-only',
    mechanism: distrust,
    success: { victim: /25006/ },
    victim: `update tenant_company_xyz.trading_signals set price = null where false`,
    variants: {
      'SET default_transaction_read_only': 'set default_transaction_read_only = on',
      'SET SESSION CHARACTERISTICS': 'set session characteristics as transaction read only',
    },
  },
  {
    ...common,
    name: 'leave a prepared statement for the next',
    mechanism: distrust,
    success: { victim: /planted/ },
    victim: 'execute lookup',
    variants: { PREPARE: `prepare lookup as select 'planted'` },
  },
  {
    ...common,
    name: 'leave a cursor for the next',
    mechanism: distrust,
    success: { victim: /planted/ },
    victim: 'fetch all from rows',
    variants: { 'WITH HOLD': `declare rows cursor with hold for select 'planted'` },
  },
  {
    ...common,
    name: 'change the role for good',
    mechanism: distrustOfRoleSettings,
    success: { effect: `select from pg_db_role_setting where setrole = 'database_service_role'::regrole` },
    variants: {
      'a setting': 'alter role current_user set work_mem = 64',
      'a search_path': 'alter role current_user set search_path = evil',
      'in this database': `alter role database_service_role set statement_timeout = 1`,
      'of the session': 'alter user session_user set datestyle = German',
    },
  },
]
