import { type LoginRight, readLoginRightFaults } from '../../../engines/postgres/doctor/login-rights.ts'
import { defineCheck } from '../check.ts'

export const loginRights = defineCheck({
  id: 'login-rights',
  engine: 'postgres',
  needs: 'control',
  summary: 'dbsvc_router and dbsvc_observer have the rights that dbsvc gives them, and no others',
  findings: {
    'login-excess-right': {
      severity: 'error',
      means: 'Whoever gets hold of the password of that role gets that far too.',
    },
    'login-missing-right': {
      severity: 'error',
      means: 'dbsvc serve, or a command that looks as dbsvc_observer, fails where it needs that right.',
    },
  },
  async look({ session }) {
    const { client } = await session()
    const { excess, missing } = await readLoginRightFaults(client)
    return [
      ...excess.map((right) => ({
        id: 'login-excess-right' as const,
        message: `role ${right.role} has ${right.privilege} on ${right.object}`,
        mend: renderRevoke(right),
      })),
      ...missing.map(({ role, privilege, object }) => ({
        id: 'login-missing-right' as const,
        message: `role ${role} lacks ${privilege} on ${object}`,
        mend: `grant ${privilege} on ${object} to ${role}`,
      })),
    ]
  },
})

function renderRevoke({ role, privilege, object }: LoginRight): string {
  const option = ' with grant option'
  const revoked = privilege.endsWith(option) ? `grant option for ${privilege.slice(0, -option.length)}` : privilege
  return `revoke ${revoked} on ${object} from ${role} cascade`
}
