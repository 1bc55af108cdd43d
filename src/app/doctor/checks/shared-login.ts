import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import { applicationName, connectAdmin, type PostgresConfig } from '../../../engines/postgres/connection.ts'
import { type Login, readPassword, routerLogin, sharedLogin } from '../../../engines/postgres/logins.ts'
import type { Project } from '../../project.ts'
import { defineCheck, type Observation } from '../check.ts'

export const canLogIn = defineCheck({
  id: 'shared-login',
  engine: 'postgres',
  needs: 'control',
  summary: 'this machine knows the passwords of database_service_role and dbsvc_router, and can log in with them',
  findings: {
    'shared-password-unknown': {
      severity: 'error',
      means: 'No request of a company can be served from this machine.',
    },
    'shared-login-refused': {
      severity: 'error',
      means:
        'No request of a company can be served from this machine: the password it has is another one, or the server is not open to that role.',
    },
  },
  async look({ loaded, project }) {
    const { postgres } = loaded.config
    return [...(await tryLogin(sharedLogin, postgres, project)), ...(await tryLogin(routerLogin, postgres, project))]
  },
})

async function tryLogin(
  login: Login,
  postgres: PostgresConfig,
  project: Project,
): Promise<Observation<'shared-password-unknown' | 'shared-login-refused'>[]> {
  const { role, setting } = login
  const password = await readPassword(project.secretStore, login, postgres)
  if (password === null) {
    return [
      {
        id: 'shared-password-unknown',
        message: `neither ${project.secrets} nor postgres.${setting} has the password of ${role}`,
        mend: `copy secrets.directory from the machine that set the cluster up, or set postgres.${setting}`,
      },
    ]
  }
  try {
    const client = await connectAdmin({ ...postgres, user: role, password }, applicationName('doctor'))
    await client.end()
    return []
  } catch (error) {
    if (!(error instanceof DbsvcError)) throw error
    const mend = `alter role ${role} login password '…', with what postgres.${setting} or secrets.directory has`
    return [{ id: 'shared-login-refused', message: reasonOf(error), mend }]
  }
}
