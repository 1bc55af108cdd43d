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
     WHERE t.database = {database:String} AND c.name = {column:String} AND t.engine LIKE '%MergeTree' ORDER BY name`,
    { parameters: { database: sharedDatabase, column: companyColumn } },
  )
  return found.map(({ name }) => name)
}

export async function createSharedDatabase(place: Place): Promise<void> {
  await run(
    place,
    `CREATE DATABASE IF NOT EXISTS ${quoteName(sharedDatabase)}${onClusterClause(place)} ENGINE = Atomic`,
  )
  if (place.hasAccessControl) {
    await run(place, `CREATE ROLE IF NOT EXISTS ${quoteName(companyRole)}${onClusterClause(place)}`)
  }
}

/**
 * Closes every shared table that holds rows of companies, before companies may use it: a constraint for what they write, and
 * policies for what they read. They compare with currentUser(), which no setting and no statement of a company changes, so one
 * pair of policies serves all companies.
 */
export async function protectSharedTables(place: Place): Promise<void> {
  const on = onClusterClause(place)
  for (const table of await companyTables(place)) {
    const name = `${quoteName(sharedDatabase)}.${quoteName(table)}`
    await run(place, `ALTER TABLE ${name}${on} ADD CONSTRAINT IF NOT EXISTS ${insertConstraint} CHECK ${mayWrite}`)
    if (!place.hasAccessControl) continue
    const except = `ALL EXCEPT ${quoteName(place.session.user)}`
    await run(
      place,
      `CREATE ROW POLICY IF NOT EXISTS ${restrictivePolicy}${on} ON ${name} AS RESTRICTIVE FOR SELECT USING ${ownRows} TO ${except}`,
    )
    await run(
      place,
      `CREATE ROW POLICY IF NOT EXISTS ${permissivePolicy}${on} ON ${name} AS PERMISSIVE FOR SELECT USING 1 TO ALL`,
    )
    await run(place, `GRANT${on} SELECT, INSERT ON ${name} TO ${quoteName(companyRole)}`)
  }
}

const isCompany = `startsWith(currentUser(), '${companyPrefix}')`
const own = `${companyColumn} = substring(currentUser(), ${companyStart})`

// The second part alone would show the rows of `acme` to whoever is called `1234567acme`.
const ownRows = `${own} AND ${isCompany}`
const mayWrite = `${own} OR NOT ${isCompany}`
