import { companyOf, databaseOf, sharedDatabase } from '../names.ts'
import { type Place, rows } from '../place.ts'
import { tablesWithRowsOf } from './deprovision.ts'

/** Everything that is left of a company, each thing by name. */
export async function findRemains(place: Place, company: string): Promise<string[]> {
  const name = databaseOf(company)
  const things = place.hasAccessControl ? [...databases, ...accessThings] : databases
  const found = await Promise.all(
    things.map(async ({ kind, sql }) => {
      const left = await rows<{ name: string }>(place, sql, { parameters: { name } })
      return left.map((thing) => `${kind} ${thing.name}`)
    }),
  )
  const tables = await tablesWithRowsOf(place, company)
  return [...found.flat(), ...tables.map((table) => `rows in ${sharedDatabase}.${table}`)]
}

const databases = [{ kind: 'database', sql: 'SELECT name FROM system.databases WHERE name = {name:String}' }]

const accessThings = [
  { kind: 'user', sql: 'SELECT name FROM system.users WHERE name = {name:String}' },
  { kind: 'quota', sql: 'SELECT name FROM system.quotas WHERE name = {name:String}' },
  { kind: 'settings profile', sql: 'SELECT name FROM system.settings_profiles WHERE name = {name:String}' },
  {
    kind: 'row policy',
    sql: 'SELECT name FROM system.row_policies WHERE has(apply_to_list, {name:String}) OR database = {name:String}',
  },
  {
    kind: 'grant on',
    sql: `SELECT DISTINCT concat(ifNull(database, '*'), ' to ', ifNull(user_name, ifNull(role_name, ''))) AS name
          FROM system.grants WHERE database = {name:String}`,
  },
]

/** The companies that have a database. */
export async function listCompanies(place: Place): Promise<string[]> {
  const found = await rows<{ name: string }>(place, 'SELECT name FROM system.databases ORDER BY name')
  return found.flatMap(({ name }) => companyOf(name) ?? [])
}
