import { readRoleFaults } from '../../../engines/postgres/doctor/roles.ts'
import { logins as ownLogins } from '../../../engines/postgres/logins.ts'
import { defineCheck } from '../check.ts'

export const sharedRole = defineCheck({
  id: 'shared-role',
  engine: 'postgres',
  needs: 'control',
  summary:
    'database_service_role, and the other roles of dbsvc, can do no more than they are meant to, and nobody else can do it through them',
  findings: {
    'role-attribute': {
      severity: 'error',
      means:
        'A role with such an attribute passes row security by or can give itself any right: companies are not isolated.',
    },
    'role-login': {
      severity: 'error',
      means:
        'Where a role that serves or observes cannot log in, its work is not done; the roles that own tables and keys must not log in.',
    },
    'role-membership': {
      severity: 'error',
      means: 'With SET ROLE, or by inheriting, whoever logs in as that role can do whatever the other one can.',
    },
    'role-ownership': {
      severity: 'error',
      means: 'The owner of an object can take its row security off.',
    },
    'role-bypass': {
      severity: 'error',
      means:
        'Row security does not hold for that role: it gets at the rows of every company whose tables it has rights on.',
    },
  },
  async look({ session }) {
    const { client } = await session()
    const { attributes, logins, memberships, ownerships, bypasses } = await readRoleFaults(client)
    return [
      ...attributes.map(({ role, attribute }) => ({
        id: 'role-attribute' as const,
        message: `role ${role} is ${attribute}`,
        mend: `alter role ${role} no${attribute.toLowerCase()}`,
      })),
      ...logins.map((role) => {
        const isToLogIn = ownLogins.some((login) => login.role === role)
        return {
          id: 'role-login' as const,
          message: `role ${role} ${isToLogIn ? 'cannot' : 'can'} log in`,
          mend: `alter role ${role} ${isToLogIn ? 'login' : 'nologin'}`,
        }
      }),
      ...memberships.map(({ role, of, grantor }) => ({
        id: 'role-membership' as const,
        message: `role ${role} is a member of ${of}`,
        mend: `revoke ${of} from ${role}${grantor === null ? '' : ` granted by ${grantor}`}`,
      })),
      ...ownerships.map(({ role, objects }) => ({
        id: 'role-ownership' as const,
        message: `role ${role} owns ${objects} ${objects === 1 ? 'object' : 'objects'} of this database`,
        mend: `reassign owned by ${role} to dbsvc_owner`,
      })),
      ...bypasses.map(({ role, everything, relations, example }) => ({
        id: 'role-bypass' as const,
        message: `role ${role} is BYPASSRLS and ${
          everything === null
            ? `has rights on ${relations} ${relations === 1 ? 'table' : 'tables'} of companies, such as ${example}`
            : `a member of ${everything}`
        }`,
        mend: `alter role ${role} nobypassrls`,
      })),
    ]
  },
})
