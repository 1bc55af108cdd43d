import type { Access } from './access.ts'

const text = (value: string): string => `'${value.replaceAll(/[\\']/g, '\\$&')}'`
const flag = (value: boolean): string => (value ? '1' : '0')

const table = (columns: string, rows: readonly string[]): string =>
  rows.length === 0
    ? `(SELECT * FROM values(${text(columns)}, (${emptyRow(columns)})) WHERE 0)`
    : `(SELECT * FROM values(${text(columns)}, ${rows.join(', ')}))`

const emptyRow = (columns: string): string =>
  columns
    .split(/, (?=\w+ )/)
    .map((column) => (column.includes('Array') ? '[]' : column.includes('UInt8') ? '0' : "''"))
    .join(', ')

/** The system tables of access control, which chDB does not have, as table expressions that it can read. */
const tables: Readonly<Record<string, (access: Access) => string>> = {
  'system.users': ({ users }) =>
    table(
      'name String, host_ip Array(String), host_names Array(String), host_names_regexp Array(String), host_names_like Array(String), auth_type String',
      [...users].map(
        ([name, { locked }]) => `(${text(name)}, ${locked ? '[]' : "['::/0']"}, [], [], [], 'sha256_password')`,
      ),
    ),
  'system.quotas': ({ quotas }) =>
    table(
      'name String, limits String',
      [...quotas].map(([name, limits]) => `(${text(name)}, ${text(limits)})`),
    ),
  'system.settings_profiles': ({ profiles }) =>
    table(
      'name String, storage String',
      [...profiles.keys()].map((name) => `(${text(name)}, '')`),
    ),
  'system.settings_profile_elements': ({ profiles }) =>
    table(
      'profile_name String, setting_name String, writability String',
      [...profiles].flatMap(([name, settings]) =>
        [...settings].map(
          ([setting, constant]) => `(${text(name)}, ${text(setting)}, ${constant ? "'CONST'" : "'WRITABLE'"})`,
        ),
      ),
    ),
  'system.row_policies': ({ policies }) =>
    table(
      'name String, short_name String, database String, table String, is_restrictive UInt8, apply_to_all UInt8, apply_to_list Array(String)',
      policies.map(
        ({ name, database, table: on, restrictive, toAll }) =>
          `(${text(`${name} ON ${database}.${on}`)}, ${text(name)}, ${text(database)}, ${text(on)}, ${flag(restrictive)}, ${flag(toAll)}, [])`,
      ),
    ),
  'system.grants': ({ grants, users }) =>
    table(
      'user_name String, role_name String, access_type String, database String, table String, is_partial_revoke UInt8',
      grants.map(({ grantee, access, database, table: on }) => {
        const [user, role] = users.has(grantee) ? [grantee, ''] : ['', grantee]
        return `(${text(user)}, ${text(role)}, ${text(access)}, ${text(database)}, ${text(on)}, 0)`
      }),
    ),
}

export function readFromModel(sql: string, access: Access): string {
  return sql.replaceAll(/\bsystem\.\w+/g, (name) => tables[name]?.(access) ?? name)
}
