import {
  companyColumn,
  companyPrefix,
  companyRole,
  companyStart,
  insertConstraint,
  permissivePolicy,
  restrictivePolicy,
  sharedDatabase,
} from '../names.ts'
import { onClusterClause, type Place, rows, run } from '../place.ts'
import { quoteName } from '../sql/quote.ts'

/** The tables of the shared database that hold rows of companies; views hold none of their own. */
export async function companyTables(place: Place): Promise<string[]> {
  const found = await rows<{ name: string }>(
    place,
    `SELECT t.name AS name FROM system.tables AS t
     INNER JOIN system.columns AS c ON c.database = t.database AND c.table = t.name
     -- Both: from one of them the other is not concluded, and every column of every company would be read.
     WHERE t.database = {database:String} AND c.database = {database:String} AND c.name = {column:String} AND t.engine LIKE '%MergeTree' ORDER BY name`,
    { parameters: { database: sharedDatabase, column: companyColumn } },
  )
  return found.map(({ name }) => name)
}

// Once for a connection: on a cluster each of these waits for every node.
const prepared = new WeakSet<Place>()

export async function createSharedDatabase(place: Place): Promise<void> {
  if (prepared.has(place)) return
  const on = onClusterClause(place)
  await run(place, `CREATE DATABASE IF NOT EXISTS ${quoteName(sharedDatabase)}${on} ENGINE = Atomic`)
  if (place.hasAccessControl) await run(place, `CREATE ROLE IF NOT EXISTS ${quoteName(companyRole)}${on}`)
  prepared.add(place)
}

/**
 * Closes every shared table that holds rows of companies, before companies may use it: a constraint for what they write, and
 * policies for what they read. They compare with currentUser(), which no setting and no statement of a company changes, so one
 * pair of policies serves all companies.
 */
export async function protectSharedTables(place: Place): Promise<void> {
  const tables = await companyTables(place)
  if (tables.length === 0) return
  const has = await readProtection(place)
  for (const table of tables) {
    for (const { kind, sql } of protectionOf(place, table)) {
      if (!has.has(`${kind} ${table}`)) await run(place, sql)
    }
  }
}

interface Protection {
  readonly kind: 'constraint' | typeof restrictivePolicy | typeof permissivePolicy | 'SELECT' | 'INSERT'
  readonly sql: string
}

/** The policies come before the grants: a table is never open in between. */
function protectionOf(place: Place, table: string): Protection[] {
  const on = onClusterClause(place)
  const name = `${quoteName(sharedDatabase)}.${quoteName(table)}`
  const policy = `CREATE ROW POLICY IF NOT EXISTS`
  const constraint: Protection = {
    kind: 'constraint',
    sql: `ALTER TABLE ${name}${on} ADD CONSTRAINT IF NOT EXISTS ${insertConstraint} CHECK ${mayWrite}`,
  }
  if (!place.hasAccessControl) return [constraint]
  const everybodyElse = `ALL EXCEPT ${quoteName(place.session.user)}`
  return [
    constraint,
    {
      kind: restrictivePolicy,
      sql: `${policy} ${restrictivePolicy}${on} ON ${name} AS RESTRICTIVE FOR SELECT USING ${ownRows} TO ${everybodyElse}`,
    },
    {
      kind: permissivePolicy,
      sql: `${policy} ${permissivePolicy}${on} ON ${name} AS PERMISSIVE FOR SELECT USING 1 TO ALL`,
    },
    { kind: 'SELECT', sql: `GRANT${on} SELECT ON ${name} TO ${quoteName(companyRole)}` },
    { kind: 'INSERT', sql: `GRANT${on} INSERT ON ${name} TO ${quoteName(companyRole)}` },
  ]
}

/** What is there already, as `constraint trading_ticks`. */
export async function readProtection(place: Place): Promise<ReadonlySet<string>> {
  const ofAccess = `
    UNION ALL SELECT concat(short_name, ' ', table) AS name FROM system.row_policies WHERE database = {database:String}
    UNION ALL SELECT concat(toString(access_type), ' ', ifNull(table, '')) AS name FROM system.grants
      WHERE role_name = {role:String} AND database = {database:String}`
  const found = await rows<{ name: string }>(
    place,
    `SELECT concat('constraint ', name) AS name FROM system.tables WHERE database = {database:String}
     AND position(create_table_query, {constraint:String}) > 0${place.hasAccessControl ? ofAccess : ''}`,
    {
      parameters: {
        database: sharedDatabase,
        constraint: `CONSTRAINT ${insertConstraint} CHECK`,
        ...(place.hasAccessControl ? { role: companyRole } : {}),
      },
    },
  )
  return new Set(found.map(({ name }) => name))
}

const isCompany = `startsWith(currentUser(), '${companyPrefix}')`
const own = `${companyColumn} = substring(currentUser(), ${companyStart})`

// The second part alone would show the rows of `acme` to whoever is called `1234567acme`.
const ownRows = `${own} AND ${isCompany}`
const mayWrite = `${own} OR NOT ${isCompany}`
