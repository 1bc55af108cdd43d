import { code } from '../failure.ts'
import { companyColumn, databaseOf, sharedDatabase } from '../names.ts'
import { onClusterClause, type Place, rows, run, runUnless } from '../place.ts'
import { quoteName } from '../sql/quote.ts'
import { dropStatements, killStatement, lockStatements } from './access.ts'
import { companyTables } from './shared-tables.ts'

/** Refuses the company's user, and ends what it has running. chDB has no users; there is nothing to refuse. */
export async function suspend(place: Place, company: string): Promise<void> {
  if (!place.hasAccessControl) return
  const on = onClusterClause(place)
  // REVOKE has no IF EXISTS.
  const gone = [code.unknownUser, code.unknownAccessEntity]
  for (const statement of lockStatements(company, on)) await runUnless(place, gone, statement)
  await run(place, killStatement(company, on))
}

/** The database goes last: until then the company is one that has a place, and a repetition finds the rest. */
export async function deprovision(place: Place, company: string): Promise<void> {
  const on = onClusterClause(place)
  await suspend(place, company)
  if (place.hasAccessControl) for (const statement of dropStatements(company, on)) await run(place, statement)
  for (const table of await tablesWithRowsOf(place, company)) {
    // A mutation and no DELETE FROM, which would only hide the rows until some merge.
    await run(place, `ALTER TABLE ${sharedName(table)}${on} DELETE WHERE ${companyColumn} = {company:String}`, {
      parameters: { company },
    })
  }
  await run(place, `DROP DATABASE IF EXISTS ${quoteName(databaseOf(company))}${on} SYNC`)
}

export async function tablesWithRowsOf(place: Place, company: string): Promise<string[]> {
  const tables: string[] = []
  for (const table of await companyTables(place)) {
    const found = await rows(
      place,
      `SELECT 1 AS found FROM ${sharedName(table)} WHERE ${companyColumn} = {company:String} LIMIT 1`,
      { parameters: { company } },
    )
    if (found.length > 0) tables.push(table)
  }
  return tables
}

const sharedName = (table: string): string => `${quoteName(sharedDatabase)}.${quoteName(table)}`
