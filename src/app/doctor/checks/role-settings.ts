import { type RoleSetting, readRoleSettings } from '../../../engines/postgres/doctor/role-settings.ts'
import { defineCheck, type Observation } from '../check.ts'

/** What changes the meaning of a statement, or who is meant by it, when it is set for a whole database. */
const decisive =
  /^(search_path|row_security|role|session_authorization|session_replication_role|default_transaction_.*|standard_conforming_strings|.*_preload_libraries|.*_timeout|app\..*|dbsvc\..*)$/

/** What dbsvc itself sets for companies' LOGIN roles. */
const ownOfLogin = [
  'search_path',
  'app.current_company_id',
  'statement_timeout',
  'lock_timeout',
  'work_mem',
  'max_parallel_workers_per_gather',
]

export const roleSettings = defineCheck({
  id: 'role-settings',
  engine: 'postgres',
  needs: 'control',
  summary: "no setting of a role or of the database changes how companies' statements are understood",
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
  },
  async look({ session }) {
    const settings = await readRoleSettings((await session()).client)
    return settings.flatMap((setting): Observation<'role-setting' | 'database-setting' | 'login-setting'>[] => {
      const { role, company, database, name, value } = setting
      const text = `${name} = ${value}`
      if (role === null) {
        if (!decisive.test(name)) return []
        const mend = `alter database ${database} reset ${name}`
        return [{ id: 'database-setting', message: `the database sets ${text}`, mend }]
      }
      if (company !== null && ownOfLogin.includes(name)) return misplaced(setting)
      const where = database === null ? '' : ` in database ${database}`
      return [
        {
          id: 'role-setting',
          message: `role ${role} has ${text}${where}`,
          mend: `alter role ${role}${where} reset ${name}`,
        },
      ]
    })
  },
})

function misplaced({ role, company, name, value }: RoleSetting) {
  const wanted = { search_path: `${role}, public`, 'app.current_company_id': company }[name]
  if (wanted === undefined || value === wanted) return []
  const mend = `alter role ${role} set ${name} = ${name === 'search_path' ? wanted : `'${wanted}'`}`
  return [{ id: 'login-setting' as const, message: `role ${role} has ${name} = ${value}, and not ${wanted}`, mend }]
}
