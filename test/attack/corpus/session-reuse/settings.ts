import { distrust, type Mechanism, noTemporary } from '../runner/mechanism.ts'
import { each, type Technique } from '../runner/technique.ts'

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
  // What follows is read as other statements than the guard has seen.
  ['client_encoding', 'LATIN1'],
  ['standard_conforming_strings', 'off'],
  ['backslash_quote', 'on'],
  ['escape_string_warning', 'off'],
  ['client_min_messages', 'error'],
  ['check_function_bodies', 'off'],
  ['random_page_cost', '1000'],
]
const sql = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Settings of the role itself would outlive every connection. */
const distrustOfRoleSettings: Mechanism = {
  ...distrust,
  name: 'distrust of connections, for settings of the role',
  on: async (client) => void (await client.query('alter role database_service_role reset all')),
}

let password = ''
const distrustOfPasswords: Mechanism = {
  ...distrust,
  name: 'distrust of connections, for the password of the role',
  async off(client) {
    const found = `select rolpassword from pg_authid where rolname = 'database_service_role'`
    password = (await client.query<{ rolpassword: string }>(found)).rows[0]?.rolpassword ?? ''
  },
  on: async (client) => void (await client.query(`alter role database_service_role password ${sql(password)}`)),
}
// As the server would keep it, so that it is found.
const verifier = `md5${'0'.repeat(32)}`

/** What the next one might run by its name: dbsvc's own are among them. */
const names = ['lookup', 's1', '"__enter"']

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
  ...names.map(
    (name): Technique => ({
      ...common,
      name: `leave a prepared statement ${name} for the next`,
      refusal: /^(DBS-1604|26000) /,
      mechanism: distrust,
      success: { victim: /planted/ },
      victim: `execute ${name}`,
      variants: {
        PREPARE: `prepare ${name} as select 'planted'`,
        'DEALLOCATE ALL and PREPARE': ['deallocate all', `prepare ${name} as select 'planted'`],
        'DEALLOCATE and PREPARE': [`deallocate ${name}`, `prepare ${name} as select 'planted'`],
      },
    }),
  ),
  {
    ...common,
    name: 'leave a temporary table for the next',
    refusal: /^42501 permission denied to create temporary tables/,
    // Its tag is that of a query, so that the connection is trusted after it.
    mechanism: noTemporary,
    success: { victim: /an own row/ },
    victim: 'select * from planted',
    variants: {
      'SELECT INTO': `select 'an own row' as text into temp planted`,
      'SELECT INTO TEMPORARY TABLE': `select 'an own row' as text into temporary table planted`,
      'behind a common table expression': `with x as (select 'an own row' as text) select * into temp planted from x`,
    },
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
    success: {
      effect: `select from pg_db_role_setting, unnest(setconfig) setting
        where setrole = 'database_service_role'::regrole and setting not like 'temp_file_limit=%'`,
    },
    variants: {
      'a setting': 'alter role current_user set work_mem = 64',
      'a search_path': 'alter role current_user set search_path = evil',
      'in this database': `alter role database_service_role set statement_timeout = 1`,
      'of the session': 'alter user session_user set datestyle = German',
    },
  },
  {
    ...common,
    name: 'change the password that the role comes with',
    secret: 'that nobody is served any more',
    mechanism: distrustOfPasswords,
    success: {
      effect: `select from pg_authid where rolname = 'database_service_role' and rolpassword = '${verifier}'`,
    },
    variants: each(
      ['current_user', 'current_role', 'session_user', 'database_service_role'],
      (role) => `alter role ${role} password '${verifier}'`,
    ),
  },
]
