import { readAdminRights } from '../../../engines/postgres/doctor/admin-rights.ts'
import { observerLogin } from '../../../engines/postgres/logins.ts'
import { defineCheck, type Observation } from '../check.ts'

export const adminRights = defineCheck({
  id: 'admin-rights',
  engine: 'postgres',
  needs: 'server',
  summary: 'the configured user may do what dbsvc does: superuser, or CREATEROLE and owner of the database',
  findings: {
    'admin-no-createrole': {
      severity: 'error',
      means: 'Setting up the cluster, and companies with a LOGIN role, need to create roles.',
    },
    'admin-no-owner': {
      severity: 'error',
      means: 'Creating companies and migrating need rights on the database that only its owner has.',
    },
    'admin-lacks-role': {
      severity: 'error',
      means:
        'Migrations run as dbsvc_owner, and grants are made to the other roles: whoever may not act for them cannot migrate.',
    },
  },
  async look({ session }) {
    const { client } = await session()
    const { user, database, superuser, createRole, ownsDatabase, lacking } = await readAdminRights(client)
    // Who looks on needs none of it.
    if (superuser || user === observerLogin.role) return []
    const found: Observation<'admin-no-createrole' | 'admin-no-owner' | 'admin-lacks-role'>[] = []
    if (!createRole) {
      found.push({
        id: 'admin-no-createrole',
        message: `user ${user} is neither a superuser nor has CREATEROLE`,
        mend: `alter role ${user} createrole`,
      })
    }
    if (!ownsDatabase) {
      found.push({
        id: 'admin-no-owner',
        message: `user ${user} does not own the database ${database}`,
        mend: `alter database ${database} owner to ${user}`,
      })
    }
    if (lacking.length > 0) {
      found.push({
        id: 'admin-lacks-role',
        message: `user ${user} has no admin option on ${lacking.join(', ')}`,
        mend: `grant ${lacking.join(', ')} to ${user} with admin option`,
      })
    }
    return found
  },
})
