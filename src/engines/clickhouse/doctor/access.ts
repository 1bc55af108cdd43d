import type { StoreObservation } from '../../store.ts'
import { constantSettings } from '../company/access.ts'
import { listCompanies } from '../company/remains.ts'
import { companyOf, companyPrefix, databaseOf } from '../names.ts'
import { type Place, rows } from '../place.ts'

/** Of the companies' users: there is one for each, it can do no more than its company may, and its limits are its limits. */
export async function examineAccess(place: Place): Promise<StoreObservation[]> {
  const companies = await listCompanies(place)
  const parameters = { prefix: companyPrefix }
  const users = await rows<{ name: string; auth: string }>(
    place,
    'SELECT name, toString(auth_type) AS auth FROM system.users WHERE startsWith(name, {prefix:String})',
    { parameters },
  )
  const grants = await rows<{ user: string; what: string }>(
    place,
    `SELECT user_name AS user, concat(toString(access_type), ' ON ', ifNull(database, '*'), '.', ifNull(table, '*')) AS what
     FROM system.grants WHERE startsWith(ifNull(user_name, ''), {prefix:String})
     AND (ifNull(database, '') != user_name OR access_type NOT IN ('SELECT', 'INSERT')) AND NOT is_partial_revoke`,
    { parameters },
  )
  const names = new Set(users.map(({ name }) => name))
  return [
    ...companies.filter((company) => !names.has(databaseOf(company))).map(missingUser),
    ...users.filter(({ name }) => !companies.includes(companyOf(name) ?? '')).map(({ name }) => strayUser(name)),
    ...users.filter(({ auth }) => /no_password|plaintext/.test(auth)).map(({ name }) => openUser(name)),
    ...grants.map(wideGrant),
    ...(await driftedProfiles(place, companies)),
  ]
}

const missingUser = (company: string): StoreObservation => ({
  id: 'clickhouse-user-missing',
  severity: 'warning',
  message: `company ${company} has a database in ClickHouse and no user`,
  means: 'nobody can query it as the company; a run that was cut off leaves this behind',
  mend: `dbsvc tenant create ${company}`,
})

const strayUser = (name: string): StoreObservation => ({
  id: 'clickhouse-user-stray',
  severity: 'warning',
  message: `ClickHouse has a user ${name} without a database of that name`,
  means: 'a company that was dropped half-way; whoever has its password can still log in',
  mend: `dbsvc tenant drop ${companyOf(name)} --confirm ${companyOf(name)}`,
})

const openUser = (name: string): StoreObservation => ({
  id: 'clickhouse-user-open',
  severity: 'error',
  message: `user ${name} of ClickHouse has no password, or one that the server keeps in the clear`,
  means: 'whoever reaches the server is that company',
  mend: `dbsvc tenant create ${companyOf(name)}`,
})

const wideGrant = ({ user, what }: { user: string; what: string }): StoreObservation => ({
  id: 'clickhouse-grant-wide',
  severity: 'error',
  message: `user ${user} of ClickHouse has ${what}, beyond its own database`,
  means: 'the company may reach what is not its own',
  mend: null,
})

/** A profile that has lost a setting, or in which the company may change one. */
async function driftedProfiles(place: Place, companies: readonly string[]): Promise<StoreObservation[]> {
  const found = await rows<{ profile: string; settings: string[] }>(
    place,
    `SELECT profile_name AS profile, groupArray(setting_name) AS settings FROM system.settings_profile_elements
     WHERE startsWith(ifNull(profile_name, ''), {prefix:String}) AND toString(writability) = 'CONST' GROUP BY profile`,
    { parameters: { prefix: companyPrefix } },
  )
  const constant = new Map(found.map(({ profile, settings }) => [profile, settings]))
  return companies.flatMap((company): StoreObservation[] => {
    const missing = constantSettings.filter((name) => !constant.get(databaseOf(company))?.includes(name))
    if (missing.length === 0) return []
    return [
      {
        id: 'clickhouse-profile-drift',
        severity: 'error',
        message: `the settings profile of ${company} does not fix ${missing.join(', ')}`,
        means: 'the company can raise its own limits',
        mend: `dbsvc tenant create ${company}`,
      },
    ]
  })
}
