import { openSecretStore } from '../../../config/secret-store.ts'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import { applicationName, connectAdmin } from '../../../engines/postgres/connection.ts'
import { readServicePassword, serviceRole } from '../../../engines/postgres/service-password.ts'
import { defineCheck } from '../check.ts'

export const sharedLogin = defineCheck({
  id: 'shared-login',
  engine: 'postgres',
  needs: 'control',
  summary: 'this machine knows the password of database_service_role, and can log in with it',
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
    const password = await readServicePassword(openSecretStore(project.secrets), postgres.servicePassword)
    if (password === null) {
      return [
        {
          id: 'shared-password-unknown',
          message: `neither ${project.secrets} nor postgres.servicePassword has the password of ${serviceRole}`,
          mend: 'copy secrets.directory from the machine that set the cluster up, or set postgres.servicePassword',
        },
      ]
    }
    try {
      const client = await connectAdmin({ ...postgres, user: serviceRole, password }, applicationName('doctor'))
      await client.end()
      return []
    } catch (error) {
      if (!(error instanceof DbsvcError)) throw error
      const mend = `alter role ${serviceRole} login password '…', with what postgres.servicePassword or secrets.directory has`
      return [{ id: 'shared-login-refused', message: reasonOf(error), mend }]
    }
  },
})
