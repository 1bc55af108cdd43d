import {
  loginLimitNames,
  loginLimits,
  renderLoginLimits,
  tempFileLimit,
} from '../../../engines/postgres/company/login-limits.ts'
import { findLoginCompanies } from '../../../engines/postgres/company/registry.ts'
import {
  type LoginWalls,
  type RoleSetting,
  readLoginWalls,
  readRoleSettings,
} from '../../../engines/postgres/doctor/role-settings.ts'
import { sharedLogin } from '../../../engines/postgres/logins.ts'
import { ensureSharedTempFileLimit, readSharedTempFileLimit } from '../../../engines/postgres/shared-limits.ts'
import { largestTempFileKb, limitsOf } from '../../company/limits.ts'
import type { Session } from '../../session.ts'
import { defineCheck, type Observation } from '../check.ts'

type Seen = Observation<'role-setting' | 'database-setting' | 'login-setting' | 'login-limits' | 'shared-limits'>

/** What changes the meaning of a statement, or who is meant by it, when it is set for a whole database. */
const decisive =
  /^(search_path|row_security|role|session_authorization|session_replication_role|default_transaction_.*|standard_conforming_strings|.*_preload_libraries|.*_timeout|app\..*|dbsvc\..*)$/

export const roleSettings = defineCheck({
  id: 'role-settings',
  engine: 'postgres',
  needs: 'control',
  summary:
    "no setting of a role or of the database changes how companies' statements are understood, or what they may cost",
  findings: {
    'role-setting': {
      severity: 'warning',
      means: 'Sessions of that role begin with it. The pool gives what it relies on explicitly; other clients do not.',
    },
    'database-setting': {
      severity: 'warning',
      means: 'Every session of this database begins with it, migrations and companies with a LOGIN role too.',
    },
    'login-setting': {
      severity: 'error',
      means:
        'A company with a LOGIN role is recognised by its role, and its queries find nothing when the setting names another one.',
    },
    'login-limits': {
      severity: 'warning',
      means: 'Its own sessions are not held to what its tier, as configured here, allows.',
      fix: 'asked',
    },
    'shared-limits': {
      severity: 'warning',
      means: 'One statement of a company can fill the disk of the server with temporary files.',
      fix: 'asked',
    },
  },
  async look({ session }) {
    const open = await session()
    const settings = await readRoleSettings(open.client)
    const walls = await readLoginWalls(open.client)
    return [
      ...settings.flatMap(judge),
      ...(await judgeLogins(open, settings, walls)),
      ...(await judgeShared(open, walls)),
    ]
  },
})

function judge({ role, company, database, name, value }: RoleSetting): Seen[] {
  if (role === null) {
    if (!decisive.test(name)) return []
    const mend = `alter database ${database} reset ${name}`
    return [{ id: 'database-setting', message: `the database sets ${name} = ${value}`, mend }]
  }
  if (company !== null && database === null && isOwn(name)) return []
  if (role === sharedLogin.role && database === null && name === tempFileLimit) return []
  const where = database === null ? '' : ` in database ${database}`
  const mend = `alter role ${role}${where} reset ${name}`
  return [{ id: 'role-setting', message: `role ${role} has ${name} = ${value}${where}`, mend }]
}

/** What dbsvc itself sets for companies' LOGIN roles. */
const isOwn = (name: string): boolean => ['search_path', 'app.current_company_id', ...loginLimitNames].includes(name)

async function judgeLogins(
  { client, loaded }: Session,
  settings: readonly RoleSetting[],
  walls: LoginWalls,
): Promise<Seen[]> {
  const companies = await findLoginCompanies(client)
  return companies.flatMap(({ company, loginRole, tier, limits: exceptions }) => {
    const role = loginRole ?? ''
    const own = settings.filter((setting) => setting.company === company && setting.database === null)
    const found = (name: string): string => own.find((setting) => setting.name === name)?.value ?? 'not set'
    const limits = limitsOf(loaded, { tier, limits: exceptions })
    const connections = walls.connections[role]
    const different = [
      ...Object.entries(loginLimits(limits))
        .map(([name, wanted]) => ({ name, wanted, now: found(name) }))
        .filter(({ wanted, now }) => wanted !== now),
      ...(connections === undefined || connections === limits.loginConnections
        ? []
        : [{ name: 'connection limit', wanted: String(limits.loginConnections), now: String(connections) }]),
    ]
    const forbidden = !walls.mayLimitFiles && different.some(({ name }) => name === tempFileLimit)
    return [
      ...misplaced(role, { search_path: `${role}, public`, 'app.current_company_id': company }, found),
      ...(different.length === 0
        ? []
        : [
            {
              id: 'login-limits' as const,
              message: `role ${role}: ${different.map(({ name, wanted, now }) => `${name} is ${now}, not ${wanted}`).join('; ')}`,
              mend: forbidden ? grantTempFiles(walls) : `dbsvc tenant set ${company} --tier ${tier}`,
              fix: async () => {
                await client.query(renderLoginLimits(role, limits))
                if (forbidden) throw mayNotLimitFiles(walls)
              },
            },
          ]),
    ]
  })
}

async function judgeShared({ client, loaded }: Session, walls: LoginWalls): Promise<Seen[]> {
  if ((await readSharedTempFileLimit(client)) !== null) return []
  const kilobytes = largestTempFileKb(loaded)
  return [
    {
      id: 'shared-limits',
      message: `role ${sharedLogin.role} has no ${tempFileLimit}`,
      mend: `alter role ${sharedLogin.role} set ${tempFileLimit} = '${kilobytes}kB'`,
      fix: async () => {
        if (!walls.mayLimitFiles) throw mayNotLimitFiles(walls)
        await ensureSharedTempFileLimit(client, kilobytes)
      },
    },
  ]
}

const mayNotLimitFiles = ({ user }: LoginWalls): Error => new Error(`${user} may not set ${tempFileLimit}`)

/** For a superuser. */
const grantTempFiles = ({ user }: LoginWalls): string => `grant set on parameter ${tempFileLimit} to ${user}`

function misplaced(role: string, wanted: Readonly<Record<string, string>>, found: (name: string) => string): Seen[] {
  return Object.entries(wanted)
    .filter(([name, value]) => found(name) !== value)
    .map(([name, value]) => ({
      id: 'login-setting',
      message: `role ${role} has ${name} = ${found(name)}, and not ${value}`,
      mend: `alter role ${role} set ${name} = ${name === 'search_path' ? value : `'${value}'`}`,
    }))
}
