import { readRoleFaults } from '../../../engines/postgres/doctor/roles.ts'
import { serviceRole } from '../../../engines/postgres/service-password.ts'
import { defineCheck } from '../check.ts'

export const sharedRole = defineCheck({
  id: 'shared-role',
  engine: 'postgres',
  needs: 'control',
  summary: 'database_service_role, and the other roles of dbsvc, can do no more than they are meant to',
  findings: {
    'role-attribute': {
      severity: 'error',
      means:
        'A role with such an attribute passes row security by or can give itself any right: companies are not isolated.',
    },
    'role-login': {
      severity: 'error',
      means:
        'Requests of companies arrive as the shared role, and are refused; the roles that own tables and keys must not log in.',
    },
    'role-membership': {
      severity: 'error',
      means: 'With SET ROLE, or by inheriting, requests of companies can do whatever that other role can.',
    },
    'role-ownership': {
      severity: 'error',
      means: 'The owner of an object can take its row security off.',
    },
  },
  async look({ session }) {
    const { client } = await session()
    const { attributes, logins, memberships, ownerships } = await readRoleFaults(client)
    return [
      ...attributes.map(({ role, attribute }) => ({
        id: 'role-attribute' as const,
        message: `role ${role} is ${attribute}`,
        mend: `alter role ${role} no${attribute.toLowerCase()}`,
      })),
      ...logins.map((role) => ({
        id: 'role-login' as const,
        message: role === serviceRole ? `role ${role} cannot log in` : `role ${role} can log in`,
        mend: `alter role ${role} ${role === serviceRole ? 'login' : 'nologin'}`,
      })),
      ...memberships.map(({ role, of }) => ({
        id: 'role-membership' as const,
        message: `role ${role} is a member of ${of}`,
        mend: `revoke ${of} from ${role}`,
      })),
      ...ownerships.map(({ role, objects }) => ({
        id: 'role-ownership' as const,
        message: `role ${role} owns ${objects} ${objects === 1 ? 'object' : 'objects'} of this database`,
        mend: `reassign owned by ${role} to dbsvc_owner`,
      })),
    ]
  },
})
